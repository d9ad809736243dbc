#include "portal/policies/mutants.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <functional>
#include <string_view>
#include <utility>

namespace writ::test {
namespace {

using Json = rapidjson::Document;
using Value = rapidjson::Value;

class Breaker {
 public:
  explicit Breaker(const std::string& text) { original_.Parse(text.c_str()); }

  [[nodiscard]] std::vector<Mutant> all() {
    for (rapidjson::SizeType i = 0; i < original_["Statement"].Size(); ++i) {
      index_ = i;
      const Value& statement = original_["Statement"][i];
      const bool allows = std::string_view(statement["Effect"].GetString()) == "Allow";
      change("drop the statement", [i](Json& json, Value&) {
        Value& all = json["Statement"];
        all.Erase(all.Begin() + i);
        if (all.Empty()) json.SetNull();
      });
      change("flip the effect", [allows](Json& json, Value& broken) {
        broken["Effect"].SetString(allows ? "Deny" : "Allow", json.GetAllocator());
      });
      for (const char* element : {"Action", "Resource", "NotResource"}) {
        if (statement.HasMember(element)) break_list(element, statement[element]);
      }
      if (statement.HasMember("Condition")) break_conditions(statement["Condition"]);
    }
    return std::move(mutants_);
  }

 private:
  using Change = std::function<void(Json&, Value&)>;

  void change(const std::string& what, const Change& apply) {
    Json json;
    json.CopyFrom(original_, json.GetAllocator());
    apply(json, json["Statement"][index_]);
    if (json.IsNull()) return;
    const Value& statement = original_["Statement"][index_];
    mutants_.push_back({"statement " + std::to_string(index_ + 1) + " `" +
                            statement["Sid"].GetString() + "`: " + what,
                        to_text(json), statement["Sid"].GetString()});
  }

  static void put(Json& json, Value& place, const std::string& text) {
    place.SetString(text.c_str(), json.GetAllocator());
  }

  /// The value at `i` of a list, or the one value.
  [[nodiscard]] static Value& at(Value& list, rapidjson::SizeType i) {
    return list.IsArray() ? list[i] : list;
  }

  void break_list(const std::string& element, const Value& list) {
    const rapidjson::SizeType count = list.IsArray() ? list.Size() : 1;
    for (rapidjson::SizeType i = 0; i < count; ++i) {
      const std::string text = list.IsArray() ? list[i].GetString() : list.GetString();
      if (count > 1) {
        change("remove " + element + " " + text, [element, i](Json&, Value& broken) {
          broken[element.c_str()].Erase(broken[element.c_str()].Begin() + i);
        });
      }
      for (const std::string& other : element == "Action" ? actions(text) : resources(text)) {
        if (other == text) continue;
        change(element + " " + text + " becomes " + other,
               [element, i, other](Json& json, Value& broken) {
                 put(json, at(broken[element.c_str()], i), other);
               });
      }
    }
  }

  /// Wider and narrower.
  [[nodiscard]] static std::vector<std::string> actions(const std::string& text) {
    if (text.back() == '*') return {text.substr(0, text.size() - 1) + "M*"};
    const std::size_t colon = text.find(':');
    std::size_t word = colon + 2;  // the verb: up to the second capital letter
    while (word < text.size() && (text[word] < 'A' || text[word] > 'Z')) ++word;
    return {text.substr(0, colon + 1) + "*", text.substr(0, word) + "*", text + "X"};
  }

  [[nodiscard]] static std::vector<std::string> resources(const std::string& text) {
    std::vector<std::string> result;
    if (text == "*") return {"arn:aws:portal:::partner/*/user/*"};
    result.push_back("*");
    const std::size_t slash = text.rfind('/');
    result.push_back(text.substr(0, slash + 1) + "*");
    result.push_back(text.back() == '*' ? text.substr(0, text.size() - 1) + "x*" : text + "x");
    const std::size_t variable = text.find("${");
    if (variable != std::string::npos) {
      result.push_back(text.substr(0, variable) + "*" + text.substr(text.find('}') + 1));
    }
    return result;
  }

  [[nodiscard]] static std::string negated(const std::string& op) {
    for (const char* base : {"StringEquals", "StringLike"}) {
      const std::size_t place = op.find(base);
      if (place != std::string::npos) return std::string(op).replace(place, 6, "StringNot");
    }
    const std::size_t place = op.find("StringNot");
    return place == std::string::npos ? std::string() : std::string(op).replace(place, 9, "String");
  }

  [[nodiscard]] static std::string swapped(const std::string& op) {
    const std::size_t colon = op.find(':');
    if (colon == std::string::npos) return {};
    return (op[3] == 'A' && op[4] == 'n' ? "ForAllValues" : "ForAnyValue") + op.substr(colon);
  }

  /// Gives a test of the condition another operator, and perhaps another value.
  void rename(const std::string& what, const std::string& op, const std::string& key,
              const std::string& to, const char* value = nullptr) {
    if (to.empty()) return;
    change(what + " " + op + " " + key, [=](Json& json, Value& broken) {
      Value& conditions = broken["Condition"];
      Value values;
      values.CopyFrom(conditions[op.c_str()][key.c_str()], json.GetAllocator());
      if (value != nullptr) put(json, values, value);
      remove(conditions, op, key);
      Value name(to.c_str(), json.GetAllocator());
      if (!conditions.HasMember(name)) {
        conditions.AddMember(name, Value(rapidjson::kObjectType), json.GetAllocator());
      }
      conditions[to.c_str()].AddMember(Value(key.c_str(), json.GetAllocator()), values,
                                       json.GetAllocator());
    });
  }

  static void remove(Value& conditions, const std::string& op, const std::string& key) {
    conditions[op.c_str()].RemoveMember(key.c_str());
    if (conditions[op.c_str()].ObjectEmpty()) conditions.RemoveMember(op.c_str());
  }

  void break_conditions(const Value& conditions) {
    for (const auto& op_member : conditions.GetObject()) {
      const std::string op = op_member.name.GetString();
      for (const auto& test : op_member.value.GetObject()) {
        const std::string key = test.name.GetString();
        change("drop condition " + op + " " + key, [op, key](Json&, Value& broken) {
          remove(broken["Condition"], op, key);
          if (broken["Condition"].ObjectEmpty()) broken.RemoveMember("Condition");
        });
        if (op == "Bool" || op == "Null") {
          rename("negate", op, key, op,
                 std::string(test.value.GetString()) == "true" ? "false" : "true");
        } else {
          rename("negate", op, key, negated(op));
        }
        rename("swap the quantifier of", op, key, swapped(op));
        if (op != "Null") rename("add IfExists to", op, key, op + "IfExists");
        if (!test.value.IsArray()) continue;
        for (rapidjson::SizeType i = 0; i < test.value.Size(); ++i) {
          change("remove value " + std::string(test.value[i].GetString()) + " of " + op + " " + key,
                 [op, key, i](Json&, Value& broken) {
                   Value& values = broken["Condition"][op.c_str()][key.c_str()];
                   values.Erase(values.Begin() + i);
                 });
        }
      }
    }
  }

  Json original_;
  rapidjson::SizeType index_ = 0;
  std::vector<Mutant> mutants_;
};

}  // namespace

std::string to_text(const rapidjson::Document& json) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  json.Accept(writer);
  return buffer.GetString();
}

std::vector<Mutant> mutants_of(const std::string& text) { return Breaker(text).all(); }

}  // namespace writ::test
