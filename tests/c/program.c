// The program of docs/c-interface.md.
#include <writ/c.h>

#include <stdio.h>

static const char kPolicy[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/${aws:username}/*\"}}";

int main(void) {
  writ_error error;
  writ_document* document = NULL;
  writ_policy_set* set = NULL;
  writ_policies* policies = NULL;
  writ_request_builder* builder = NULL;
  writ_request* request = NULL;
  char* json = NULL;
  int code = 2;
  if (writ_parse(WRIT_IDENTITY_BASED, writ_text_of("ReadReports"), writ_text_of(kPolicy), &document,
                 &error) == WRIT_OK &&
      writ_compile(WRIT_IDENTITY_BASED, (const writ_document* const*)&document, 1, &set, &error) ==
          WRIT_OK &&
      writ_policies_new(&policies, &error) == WRIT_OK &&
      writ_policies_add(policies, set, 0, &error) == WRIT_OK &&
      writ_request_builder_new(
          WRIT_CALLER_ARN, writ_text_of("arn:aws:iam::111122223333:user/Alice"),
          writ_text_of("s3:GetObject"), writ_text_of("arn:aws:s3:::reports/Alice/may.csv"),
          &builder, &error) == WRIT_OK) {
    writ_request_set(builder, writ_text_of("aws:username"), writ_text_of("Alice"));
    if (writ_request_build(builder, &request, &error) == WRIT_OK &&
        writ_explain_json(policies, request, &json, NULL, &error) == WRIT_OK) {
      puts(json);
      code = writ_evaluate(policies, request, NULL) == WRIT_ALLOWED ? 0 : 1;
    }
  }
  if (code == 2) {
    fprintf(stderr, "%u:%u: %s: %s [%s at %s]\n", error.line, error.column, error.name,
            error.message, error.rule, error.json_pointer);
  }
  writ_string_free(json);
  writ_request_free(request);
  writ_request_builder_free(builder);
  writ_policies_free(policies);
  writ_policy_set_free(set);
  writ_document_free(document);
  return code;
}
