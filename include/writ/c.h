/* The C interface: parse, compile, evaluate, explain to JSON, free. For C and for whatever can call
 * C; docs/c-interface.md tells what holds for all of it. Links with libwrit, static or shared; the
 * header-only form of the library has no such functions. C11 and C++. */
#ifndef WRIT_C_H_
#define WRIT_C_H_

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "writ/config.h"

/* NOLINTBEGIN(readability-identifier-naming): names as C has them */

/** Version of this interface. Within it functions and enumerators are only added. */
#define WRIT_C_VERSION 1

#if defined(__cplusplus)
extern "C" {
#endif

/** What became of a call. More may come, so treat those you do not know as failures. */
typedef uint32_t writ_status;
/** The values of a `writ_status`. */
enum {
  WRIT_OK = 0,
  WRIT_INVALID_ARGUMENT = 1, /**< null, or no enumerator, where something is needed */
  WRIT_INVALID_POLICY = 2,   /**< the document is refused; see docs/errors.md */
  WRIT_INVALID_REQUEST = 3,  /**< the caller, action, resource or account is malformed */
  WRIT_LIMIT_EXCEEDED = 4,   /**< too big, too many levels, or a second resource policy */
  WRIT_OUT_OF_MEMORY = 5     /**< policies being added to may deny from then on: free them */
};

/** Kinds of policy (D-3). A text is legal or not for a kind; there is no detection. */
typedef uint32_t writ_policy_type;
/** The values of a `writ_policy_type`. */
enum {
  WRIT_SERVICE_CONTROL = 0,      /**< service control policy, at a level of the organization */
  WRIT_RESOURCE_CONTROL = 1,     /**< resource control policy, at a level of the organization */
  WRIT_RESOURCE_BASED = 2,       /**< the resource's policy */
  WRIT_ROLE_TRUST = 3,           /**< the resource's policy when the resource is a role */
  WRIT_IDENTITY_BASED = 4,       /**< attached to the caller */
  WRIT_PERMISSIONS_BOUNDARY = 5, /**< of the caller */
  WRIT_SESSION = 6,              /**< of the caller's session */
  WRIT_VPC_ENDPOINT = 7          /**< of the endpoint on the way */
};

/** How a caller is named (P-1). */
typedef uint32_t writ_caller_kind;
/** The values of a `writ_caller_kind`. */
enum {
  WRIT_CALLER_ANONYMOUS = 0, /**< no credentials; its text is not looked at */
  WRIT_CALLER_ARN = 1,       /**< root, user, role, assumed-role or federated-user ARN, or `*` */
  WRIT_CALLER_SERVICE = 2,   /**< a service principal such as `sns.amazonaws.com` */
  WRIT_CALLER_FEDERATED = 3, /**< a SAML or web identity provider */
  WRIT_CALLER_CANONICAL_USER = 4 /**< the 64 hexadecimal digits of an account's canonical id */
};

/** The answer (D-7). Zero denies. Never grows within a version. */
typedef uint32_t writ_outcome;
/** The values of a `writ_outcome`. */
enum {
  WRIT_IMPLICIT_DENY = 0, /**< nothing allows it */
  WRIT_EXPLICIT_DENY = 1, /**< a Deny statement applies (E-2) */
  WRIT_ALLOWED = 2        /**< every layer that has to allow does */
};

/** Bytes of the caller's, read during the call only. `data` may be null when `size` is 0. */
typedef struct writ_text {
  const char* data; /**< any bytes; no zero at the end is needed */
  size_t size;      /**< in bytes */
} writ_text;

/** A C string as a text; null gives the empty one. */
static inline writ_text writ_text_of(const char* string) {
  writ_text text;
  text.data = string;
  text.size = string == NULL ? 0 : strlen(string);
  return text;
}

/** Why a call failed. Of fixed size, in the caller's memory: there is nothing to free. Texts end
 * with a zero byte and are cut, at a character, to what fits. 1,024 bytes. */
typedef struct writ_error {
  writ_status status;     /**< what the call returned */
  uint32_t offset;        /**< where in the document's text, in bytes from 0 */
  uint32_t line;          /**< counts from 1; 0: there is no place to point at */
  uint32_t column;        /**< counts from 1, in bytes of the UTF-8 text */
  char name[48];          /**< stable, `INVALID_EFFECT`: the first column of docs/errors.md */
  char rule[16];          /**< stable: the id of the rule, `G-20`; or empty */
  char json_pointer[256]; /**< RFC 6901, `/Statement/0/Effect`; empty for the whole text */
  char message[688];      /**< one sentence for people, says what to do */
} writ_error;

/** No such document or statement. */
#define WRIT_NONE 0xffffffffU

/** What decided. */
typedef struct writ_decision {
  writ_outcome outcome;   /**< what the call returned */
  writ_policy_type layer; /**< of the deciding statement; 0 when there is none */
  uint32_t level;         /**< of organization policies: 0 is the root's; else 0 */
  uint32_t document;      /**< index among the documents of the layer and level, or `WRIT_NONE` */
  uint32_t statement;     /**< index in the document, or `WRIT_NONE` */
  uint32_t reserved;      /**< 0 */
  const char* reason;     /**< static, e.g. `NoIdentityAllow`: the enumerators of writ::Reason */
  const char* rule;       /**< static: the id of the rule, `E-66` */
} writ_decision;

/** A parsed document of one kind, with its name. Immutable. */
typedef struct writ_document writ_document;
/** Documents of one kind, compiled. Immutable. */
typedef struct writ_policy_set writ_policy_set;
/** Everything that applies to requests: sets in their layers. */
typedef struct writ_policies writ_policies;
/** Collects the parts of a request. One thread at a time. */
typedef struct writ_request_builder writ_request_builder;
/** One authorization question. Immutable; owns its texts. */
typedef struct writ_request writ_request;

/** `WRIT_C_VERSION` as the linked library has it. */
WRIT_API uint32_t writ_c_version(void);
/** The library's version, `0.1.0`. Static. */
WRIT_API const char* writ_version(void);
/** `allowed`, `explicitDeny`, `implicitDeny`; the last for what is no outcome. Static. */
WRIT_API const char* writ_outcome_name(writ_outcome outcome);

/** Reads a document of any bytes. `name` is what explanations call it. O(n log n) in the size of
 * the text. Fails with WRIT_INVALID_POLICY at the first mistake, WRIT_LIMIT_EXCEEDED beyond 64 MiB.
 */
WRIT_API writ_status writ_parse(writ_policy_type type, writ_text name, writ_text text,
                                writ_document** document, writ_error* error);
/** Number of statements; 0 for null. */
WRIT_API size_t writ_document_statement_count(const writ_document* document);
/** Frees a document. Null is nothing. */
WRIT_API void writ_document_free(writ_document* document);

/** Compiles `count` documents, each of kind `type`, that apply together. With none the set allows
 * nothing, and caps its layer where the kind is one that caps (E-1). O(n log n) in their size. */
WRIT_API writ_status writ_compile(writ_policy_type type, const writ_document* const* documents,
                                  size_t count, writ_policy_set** set, writ_error* error);
/** Frees a set; policies that it was added to keep what they need. Null is nothing. */
WRIT_API void writ_policy_set_free(writ_policy_set* set);

/** Makes policies without any: all layers absent, so that nothing is allowed. */
WRIT_API writ_status writ_policies_new(writ_policies** policies, writ_error* error);
/** Adds a set to the layer of its kind, which becomes present. `level` counts for organization
 * policies, from 0, the root's, and makes all levels up to it present. A second resource policy is
 * WRIT_LIMIT_EXCEEDED. */
WRIT_API writ_status writ_policies_add(writ_policies* policies, const writ_policy_set* set,
                                       uint32_t level, writ_error* error);
/** Frees policies. Null is nothing. */
WRIT_API void writ_policies_free(writ_policies* policies);

/** Begins a request. `resource` is an ARN or `*`. The parts are checked by `writ_request_build`. */
WRIT_API writ_status writ_request_builder_new(writ_caller_kind kind, writ_text caller,
                                              writ_text action, writ_text resource,
                                              writ_request_builder** builder, writ_error* error);
/** Sets a single-valued condition key. A key set twice, letter case aside, makes every test of it
 * indeterminate (C-12). This and the next ones remember what goes wrong for `writ_request_build`.
 */
WRIT_API void writ_request_set(writ_request_builder* builder, writ_text key, writ_text value);
/** Sets a multi-valued condition key, possibly without values. Which keys have several values is a
 * property of the key, not of their number (C-13). */
WRIT_API void writ_request_set_list(writ_request_builder* builder, writ_text key,
                                    const writ_text* values, size_t count);
/** For a role session: the ARN of its role, with its path (P-22). */
WRIT_API void writ_request_set_role_arn(writ_request_builder* builder, writ_text role_arn);
/** For a federated user: the ARN of the user, or root, that issued the session (E-44). */
WRIT_API void writ_request_set_issuer(writ_request_builder* builder, writ_text issuer);
/** The account that owns the resource when its ARN names none (E-80): twelve digits. */
WRIT_API void writ_request_set_resource_account(writ_request_builder* builder, writ_text account);
/** Overrides what E-61 derives: whether only the resource's own policy can allow. 0 or 1. */
WRIT_API void writ_request_set_resource_policy_required(writ_request_builder* builder,
                                                        int required);
/** Checks and makes the request. Fails with WRIT_INVALID_REQUEST: the action is no action (M-14),
 * the resource neither `*` nor an ARN (M-32), the caller or an account malformed (P-1, E-80). The
 * builder can be used again afterwards. */
WRIT_API writ_status writ_request_build(const writ_request_builder* builder, writ_request** request,
                                        writ_error* error);
/** Frees a builder. Null is nothing. */
WRIT_API void writ_request_builder_free(writ_request_builder* builder);
/** Frees a request. Null is nothing. */
WRIT_API void writ_request_free(writ_request* request);

/** Decides. `decision` may be null. Total: without policies or request the outcome is
 * WRIT_IMPLICIT_DENY. Allocates nothing, takes no lock; any number of threads. Cost and rules: as
 * writ::evaluate. */
WRIT_API writ_outcome writ_evaluate(const writ_policies* policies, const writ_request* request,
                                    writ_decision* decision);
/** Explains: the same decision, and why, as one JSON object, that of writ::Explanation::to_json.
 * `json` ends with a zero byte and is freed with `writ_string_free`; `size` may be null. Any number
 * of threads. O(statements × elements). */
WRIT_API writ_status writ_explain_json(const writ_policies* policies, const writ_request* request,
                                       char** json, size_t* size, writ_error* error);
/** Frees a text that this interface made. Null is nothing. */
WRIT_API void writ_string_free(char* string);

#if defined(__cplusplus)
}
#endif

/* NOLINTEND(readability-identifier-naming) */

#endif /* WRIT_C_H_ */
