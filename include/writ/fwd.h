// Declarations only: enough to name the library's types in another header.
#pragma once

namespace writ::inline v0 {

struct Position;
struct PolicyError;
template <class T, class E>
class Result;

enum class Effect : unsigned char;
enum class PolicyType : unsigned char;
enum class Outcome : unsigned char;
enum class Reason : unsigned char;

class PolicyDocument;
class PolicyImage;
class PolicySet;
class PolicySetBuilder;
class PolicyStack;
class Caller;
class Request;
class RequestBuilder;
class Explanation;
struct AppliedPolicies;
struct Decision;
struct Statement;

}  // namespace writ::inline v0
