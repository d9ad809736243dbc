// Want of memory is an error of the call that meets it: each allocation of a whole run through the
// C interface fails once.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "writ/c.h"

namespace {

// How many allocations still succeed; negative: all.
long allocations_left = -1;

void* allocate(std::size_t size) noexcept {
  if (allocations_left == 0) return nullptr;
  if (allocations_left > 0) --allocations_left;
  return std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_throw(std::size_t size) {
  void* memory = allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace {

constexpr char kPolicy[] = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
  "Action": ["s3:GetObject", "s3:List*"], "Resource": "arn:aws:s3:::reports-of-the-year/*",
  "Condition": {"StringLike": {"aws:SourceVpc": ["vpc-1", "vpc-2*"]}}}})";

// Everything once; the first status that is not WRIT_OK.
writ_status run() {
  writ_document* document = nullptr;
  writ_policy_set* set = nullptr;
  writ_policies* policies = nullptr;
  writ_request_builder* builder = nullptr;
  writ_request* request = nullptr;
  char* json = nullptr;
  writ_error error;
  writ_status status = writ_parse(WRIT_IDENTITY_BASED, writ_text_of("a-name-that-is-not-short"),
                                  writ_text_of(kPolicy), &document, &error);
  if (status == WRIT_OK) status = writ_compile(WRIT_IDENTITY_BASED, &document, 1, &set, &error);
  if (status == WRIT_OK) status = writ_policies_new(&policies, &error);
  if (status == WRIT_OK) status = writ_policies_add(policies, set, 0, &error);
  if (status == WRIT_OK) {
    status = writ_request_builder_new(
        WRIT_CALLER_ARN, writ_text_of("arn:aws:iam::111122223333:user/Alice"),
        writ_text_of("s3:GetObject"), writ_text_of("arn:aws:s3:::reports-of-the-year/may.csv"),
        &builder, &error);
  }
  if (status == WRIT_OK) {
    const writ_text values[] = {writ_text_of("a-value-that-is-not-short")};
    writ_request_set(builder, writ_text_of("aws:SourceVpc"), writ_text_of("vpc-2222222222222222"));
    writ_request_set_list(builder, writ_text_of("aws:TagKeys"), values, 1);
    status = writ_request_build(builder, &request, &error);
  }
  if (status == WRIT_OK) status = writ_explain_json(policies, request, &json, nullptr, &error);
  if (status == WRIT_OK && writ_evaluate(policies, request, nullptr) != WRIT_ALLOWED) {
    status = WRIT_INVALID_ARGUMENT;
  }
  if (status != WRIT_OK && error.status != status) status = WRIT_INVALID_ARGUMENT;
  writ_string_free(json);
  writ_request_free(request);
  writ_request_builder_free(builder);
  writ_policies_free(policies);
  writ_policy_set_free(set);
  writ_document_free(document);
  return status;
}

TEST(CMemoryTest, WantOfMemoryIsAnError) {
  ASSERT_EQ(run(), WRIT_OK);
  long failures = 0;
  for (long succeeding = 0; succeeding < 100'000; ++succeeding) {
    allocations_left = succeeding;
    const writ_status status = run();
    allocations_left = -1;
    if (status == WRIT_OK) break;
    ASSERT_EQ(status, WRIT_OUT_OF_MEMORY) << "after " << succeeding << " allocations";
    ++failures;
  }
  EXPECT_GT(failures, 20);
}

}  // namespace
