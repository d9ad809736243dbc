// A binding of writ's C interface by cgo: copy this file. docs/c-interface.md tells what holds for the functions
// behind it. pkg-config finds the library.
package main

/*
#cgo pkg-config: writ
#include <stdlib.h>
#include <writ/c.h>

// A text in memory of C, so that Go's rules for pointers are kept.
static writ_text text_of(void* data, size_t size) {
  writ_text text = {(const char*)data, size};
  return text;
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Kind is a kind of policy.
type Kind uint32

// The kinds of policy, in the order of the C interface.
const (
	ServiceControl Kind = iota
	ResourceControl
	ResourceBased
	RoleTrust
	IdentityBased
	PermissionsBoundary
	Session
	VpcEndpoint
)

// CallerKind tells how a caller is named.
type CallerKind uint32

// The kinds of caller, in the order of the C interface.
const (
	Anonymous CallerKind = iota
	Arn
	Service
	Federated
	CanonicalUser
)

// Error tells what was refused and where. Name and Rule are stable.
type Error struct {
	Name, Rule, Pointer, Message string
	Line, Column                 uint32
}

func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s: %s [%s]", e.Line, e.Column, e.Name, e.Message, e.Rule)
}

func failure(status C.writ_status, e *C.writ_error) error {
	if status == C.WRIT_OK {
		return nil
	}
	return &Error{C.GoString(&e.name[0]), C.GoString(&e.rule[0]), C.GoString(&e.json_pointer[0]),
		C.GoString(&e.message[0]), uint32(e.line), uint32(e.column)}
}

// texts holds copies in memory of C for the time of a call.
type texts []unsafe.Pointer

func (t *texts) add(s string) C.writ_text {
	data := C.CBytes([]byte(s))
	*t = append(*t, data)
	return C.text_of(data, C.size_t(len(s)))
}

func (t *texts) free() {
	for _, data := range *t {
		C.free(data)
	}
}

// Document is a policy's text with its name.
type Document struct{ Name, Text string }

// Policies is everything that applies to requests. After the last Add any number of goroutines may
// use it.
type Policies struct{ handle *C.writ_policies }

// NewPolicies makes policies without any: they allow nothing.
func NewPolicies() (*Policies, error) {
	var e C.writ_error
	p := &Policies{}
	if err := failure(C.writ_policies_new(&p.handle, &e), &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(p, func(p *Policies) { C.writ_policies_free(p.handle) })
	return p, nil
}

// Add compiles documents of one kind and adds them to their layer. Without documents the layer is
// present and allows nothing.
func (p *Policies) Add(kind Kind, level uint32, documents ...Document) error {
	var e C.writ_error
	var held texts
	defer held.free()
	parsed := (*[1 << 20]*C.writ_document)(C.calloc(C.size_t(len(documents)+1), C.size_t(unsafe.Sizeof(uintptr(0)))))
	defer C.free(unsafe.Pointer(parsed))
	for i, document := range documents {
		status := C.writ_parse(C.writ_policy_type(kind), held.add(document.Name), held.add(document.Text), &parsed[i], &e)
		defer func(i int) { C.writ_document_free(parsed[i]) }(i)
		if err := failure(status, &e); err != nil {
			return err
		}
	}
	var set *C.writ_policy_set
	status := C.writ_compile(C.writ_policy_type(kind), &parsed[0], C.size_t(len(documents)), &set, &e)
	if err := failure(status, &e); err != nil {
		return err
	}
	defer C.writ_policy_set_free(set)
	status = C.writ_policies_add(p.handle, set, C.uint32_t(level), &e)
	return failure(status, &e)
}

// Question is what a request is made of. Values are strings, or slices of them for keys with many.
type Question struct {
	CallerKind                       CallerKind
	Caller, Action, Resource         string
	Context                          map[string]any
	RoleArn, Issuer, ResourceAccount *string
	ResourcePolicyRequired           *bool
}

// Request is one authorization question; immutable.
type Request struct{ handle *C.writ_request }

// NewRequest checks the question.
func NewRequest(q Question) (*Request, error) {
	var e C.writ_error
	var held texts
	defer held.free()
	var builder *C.writ_request_builder
	status := C.writ_request_builder_new(C.writ_caller_kind(q.CallerKind), held.add(q.Caller),
		held.add(q.Action), held.add(q.Resource), &builder, &e)
	if err := failure(status, &e); err != nil {
		return nil, err
	}
	defer C.writ_request_builder_free(builder)
	for key, value := range q.Context {
		switch value := value.(type) {
		case string:
			C.writ_request_set(builder, held.add(key), held.add(value))
		case []string:
			list := (*[1 << 20]C.writ_text)(C.calloc(C.size_t(len(value)+1), C.size_t(unsafe.Sizeof(C.writ_text{}))))
			for i, each := range value {
				list[i] = held.add(each)
			}
			C.writ_request_set_list(builder, held.add(key), &list[0], C.size_t(len(value)))
			C.free(unsafe.Pointer(list))
		default:
			return nil, fmt.Errorf("the value of %s is neither a string nor a list of strings", key)
		}
	}
	if q.RoleArn != nil {
		C.writ_request_set_role_arn(builder, held.add(*q.RoleArn))
	}
	if q.Issuer != nil {
		C.writ_request_set_issuer(builder, held.add(*q.Issuer))
	}
	if q.ResourceAccount != nil {
		C.writ_request_set_resource_account(builder, held.add(*q.ResourceAccount))
	}
	if q.ResourcePolicyRequired != nil {
		required := C.int(0)
		if *q.ResourcePolicyRequired {
			required = 1
		}
		C.writ_request_set_resource_policy_required(builder, required)
	}
	r := &Request{}
	if err := failure(C.writ_request_build(builder, &r.handle, &e), &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(r, func(r *Request) { C.writ_request_free(r.handle) })
	return r, nil
}

// Evaluate decides: "allowed", "explicitDeny" or "implicitDeny".
func (p *Policies) Evaluate(r *Request) string {
	outcome := C.writ_evaluate(p.handle, r.handle, nil)
	runtime.KeepAlive(p)
	runtime.KeepAlive(r)
	return C.GoString(C.writ_outcome_name(outcome))
}

// Explain tells why, as JSON.
func (p *Policies) Explain(r *Request) (string, error) {
	var e C.writ_error
	var json *C.char
	var size C.size_t
	status := C.writ_explain_json(p.handle, r.handle, &json, &size, &e)
	runtime.KeepAlive(p)
	runtime.KeepAlive(r)
	if err := failure(status, &e); err != nil {
		return "", err
	}
	defer C.writ_string_free(json)
	return C.GoStringN(json, C.int(size)), nil
}
