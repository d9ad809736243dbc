// Not API, may change in any release. An explanation as a page: what was decided, the path through
// the layers, the nearest miss, the request, each statement, and the policies' texts with marks.
//
// Only literals become markup (html_writer.h). The page repeats what the explanation says and
// decides nothing.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "writ/html.h"
#include "writ/impl/explain_words.h"
#include "writ/impl/html_path.h"
#include "writ/impl/html_source.h"
#include "writ/impl/html_style.h"
#include "writ/impl/html_writer.h"
#include "writ/impl/utf8.h"

namespace writ::inline v0 {
namespace detail {

class ExplanationPage {
 public:
  ExplanationPage(const Request& request, const Explanation& explanation,
                  std::span<const PolicyText> texts, const HtmlOptions& options)
      : request_(request),
        explanation_(explanation),
        texts_(texts),
        options_(options),
        stations_(stations(explanation)) {
    if (const StatementTrace* deciding = explanation.deciding_statement()) deciding_ = deciding->id;
    for (const LayerTrace& layer : explanation.layers()) {
      for (const StatementTrace& statement : layer.statements) {
        by_document_[document_of(layer.type, layer.level, statement.id.document)].push_back(
            &statement);
      }
    }
    for (const PolicyText& text : texts) {
      if (text.text.size() > options.max_document_bytes) continue;
      shown_.insert(document_of(text.layer, text.level, text.document));
    }
  }

  [[nodiscard]] std::string run() {
    const Decision& decision = explanation_.decision();
    const std::string_view action = shortened(request_.action().text());
    begin_page(html_, std::string(to_string(decision.outcome)) + ": " + std::string(action),
               kNoScripts, kExplanationStyle);
    add_head(decision, action);
    html_.raw("<main id=\"main\">\n");
    add_path(decision);
    if (!decision.is_allowed()) add_nearest_miss();
    add_request();
    add_layers();
    if (!texts_.empty()) add_policies();
    html_.add("</main>\n<footer><p>Decided by writ {}.{}.{}; rule {} and the others by their ids.",
              WRIT_VERSION_MAJOR, WRIT_VERSION_MINOR, WRIT_VERSION_PATCH, rule_of(decision.reason));
    html_.raw("</p></footer>\n</body>\n</html>\n");
    return html_.take();
  }

 private:
  /// A document among all layers; a resource's policy is one, of whichever kind.
  using DocumentKey = std::array<std::uint32_t, 3>;
  [[nodiscard]] static DocumentKey document_of(PolicyType type, std::uint32_t level,
                                               std::uint32_t document) {
    if (type == PolicyType::RoleTrust) type = PolicyType::ResourceBased;
    return {static_cast<std::uint32_t>(type), level, document};
  }
  [[nodiscard]] static DocumentKey document_of(const StatementId& id) {
    return document_of(id.layer, id.level, id.document);
  }

  /// The anchor of a statement's first line.
  void add_anchor(const StatementId& id) {
    const DocumentKey key = document_of(id);
    html_.add("statement-{}-{}-{}-{}", key[0], key[1], key[2], id.statement);
  }

  [[nodiscard]] std::string_view shortened(std::string_view text) const {
    return text.substr(0, cut_at(text, options_.max_value_bytes));
  }

  /// A value as code, cut where it is too long.
  void add_code(std::string_view text) {
    const std::string_view shown = shortened(text);
    html_.add("<code>{}</code>", shown);
    if (shown.size() != text.size()) {
      html_.add(" <span class=\"muted\">and {} more bytes</span>", text.size() - shown.size());
    }
  }

  template <class Values>
  void add_values(const Values& values, std::string_view none) {
    if (values.empty()) return html_.add("<span class=\"muted\">{}</span>", none);
    html_.raw("<ul class=\"values\">");
    const std::size_t most = std::min(values.size(), options_.max_values);
    for (std::size_t i = 0; i < most; ++i) {
      html_.raw("<li>");
      add_code(values[i]);
      html_.raw("</li>");
    }
    if (most < values.size()) {
      html_.add("<li class=\"muted\">and {} more</li>", values.size() - most);
    }
    html_.raw("</ul>");
  }

  void add_head(const Decision& decision, std::string_view action) {
    const bool allowed = decision.is_allowed();
    html_.raw("<header>\n");
    html_.add("<h1 class=\"verdict {}\">{} {}: <code>{}</code></h1>\n", allowed ? "good" : "bad",
              allowed ? "\xe2\x9c\x93" : "\xe2\x9c\x97", allowed ? "Allowed" : "Denied", action);
    html_.add("<p>{}: {} (rule {}).", to_string(decision.outcome), writ::to_string(decision.reason),
              rule_of(decision.reason));
    if (const StatementTrace* deciding = explanation_.deciding_statement()) {
      html_.raw(" Decided by <a href=\"#deciding\">");
      add_name(*deciding);
      html_.raw("</a>.");
    }
    html_.raw("</p>\n<dl class=\"who\">\n<dt>Principal</dt><dd>");
    add_code(caller_text(request_.caller()));
    if (!request_.caller().role_arn().empty()) {
      html_.raw(" of role ");
      add_code(request_.caller().role_arn());
    }
    if (!request_.caller().issuer().empty()) {
      html_.raw(" issued by ");
      add_code(request_.caller().issuer());
    }
    html_.raw("</dd>\n<dt>Action</dt><dd>");
    add_code(request_.action().text());
    html_.raw("</dd>\n<dt>Resource</dt><dd>");
    add_code(request_.resource());
    if (!request_.resource_owner().empty()) {
      html_.raw(" of account ");
      add_code(request_.resource_owner());
    }
    html_.raw("</dd>\n</dl>\n</header>\n");
  }

  /// `ReadReports, statement 2 "DenyDelete"`.
  void add_name(const StatementTrace& statement) {
    html_.add("{}, statement {}", shortened(statement.policy), statement.id.statement + 1);
    if (!statement.sid.empty()) {
      html_.raw(" ");
      add_code(statement.sid);
    }
  }

  // The path.

  void add_path(const Decision& decision) {
    html_.raw("<section aria-labelledby=\"path-title\">\n<h2 id=\"path-title\">The path</h2>\n");
    html_.raw("<ol class=\"path\">\n");
    for (const Station& station : stations_) add_station(station, decision);
    const bool allowed = decision.is_allowed();
    html_.add("<li><div class=\"station key {}\"><span class=\"name\">Decision</span>",
              allowed ? "good" : "bad");
    html_.add("<span class=\"says\">{} {}</span></div></li>\n</ol>\n</section>\n",
              allowed ? "\xe2\x9c\x93" : "\xe2\x9c\x97", to_string(decision.outcome));
  }

  void add_station(const Station& station, const Decision& decision) {
    const bool decisive = is_decisive(station, decision);
    const bool stops = decisive && !decision.is_allowed();
    if (station.layers.empty()) {
      html_.add("<li><div class=\"station {}\"><span class=\"name\">{}</span>",
                stops ? "bad key" : "none", layer_title(station.type));
      html_.add("<span class=\"says\">\xe2\x80\x93 {}</span>",
                absence_of(station.type, request_.facts(), decision));
    } else {
      const std::string_view looks = stops ? "bad" : detail::looks_of(station, decision);
      html_.add("<li><div class=\"station {}{}\"><a class=\"name\" href=\"#layer-{}\">{}</a>",
                looks, decisive ? " key" : "", to_string(station.type), layer_title(station.type));
      add_levels(station);
    }
    if (decisive) {
      html_.add("<span class=\"here\">{}</span>", stops ? "stops here" : "lets it through");
    }
    html_.raw("</div></li>\n");
  }

  [[nodiscard]] Verdict verdict_of(const LayerTrace& layer) const {
    return detail::verdict_of(layer, explanation_.decision());
  }

  void add_levels(const Station& station) {
    if (station.layers.size() == 1) {
      const Verdict verdict = verdict_of(*station.layers.front());
      return html_.add("<span class=\"says\">{} {}</span>", detail::symbol_of(verdict),
                       to_string(verdict));
    }
    html_.raw("<ul>");
    for (const LayerTrace* layer : station.layers) {
      const Verdict verdict = verdict_of(*layer);
      html_.add("<li class=\"says\">{} level {}: {}</li>", detail::symbol_of(verdict), layer->level,
                to_string(verdict));
    }
    html_.raw("</ul>");
  }

  void add_nearest_miss() {
    const NearestMiss& miss = explanation_.nearest_miss();
    html_.raw(
        "<section aria-labelledby=\"miss-title\">\n<h2 id=\"miss-title\">Nearest miss</h2>\n");
    if (!miss.possible) {
      html_.raw("<p>No policy can allow this request.</p>\n</section>\n");
      return;
    }
    html_.add("<p>{} would allow it:</p>\n<ul>\n",
              miss.changes.size() == 1 ? "One change" : "These changes together");
    for (const Change& change : miss.changes) {
      html_.raw("<li>");
      add_sentence(shortened(change.text));
      html_.raw("</li>\n");
    }
    html_.raw("</ul>\n</section>\n");
  }

  /// A sentence with its code spans as code.
  void add_sentence(std::string_view sentence) {
    for (std::size_t tick = 0; (tick = sentence.find('`')) != std::string_view::npos;) {
      html_.text(sentence.substr(0, tick));
      sentence.remove_prefix(tick);
      html_.add("<code>{}</code>", take_code_span(sentence));
    }
    html_.text(sentence);
  }

  void add_request() {
    html_.raw("<section aria-labelledby=\"keys-title\">\n<h2 id=\"keys-title\">");
    html_.raw("Condition keys of the request</h2>\n");
    std::vector<const ContextEntry*> entries;
    for (const ContextEntry& entry : request_.context()) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(), [](const ContextEntry* a, const ContextEntry* b) {
      return a->key.name() < b->key.name();
    });
    if (entries.empty()) {
      html_.raw("<p>The request has none.</p>\n");
    } else {
      html_.raw(
          "<table class=\"keys\">\n<thead><tr><th scope=\"col\">Key</th><th "
          "scope=\"col\">Value</th></tr>");
      html_.raw("</thead>\n<tbody>\n");
      for (const ContextEntry* entry : entries) add_context(*entry);
      html_.raw("</tbody>\n</table>\n");
    }
    if (!explanation_.missing_keys().empty()) {
      html_.raw("<p>Asked for by policies and not given:</p>\n");
      add_values(explanation_.missing_keys(), "");
      html_.raw("\n");
    }
    html_.raw("</section>\n");
  }

  void add_context(const ContextEntry& entry) {
    html_.raw("<tr><th scope=\"row\">");
    add_code(entry.key.name());
    html_.raw("</th><td>");
    if (entry.multivalued) {
      add_values(entry.values, "no values");
    } else {
      add_code(entry.single);
    }
    if (entry.collided) html_.add(" {}", kGivenTwice);
    html_.raw("</td></tr>\n");
  }

  // The layers.

  void add_layers() {
    html_.raw("<section aria-labelledby=\"layers-title\">\n<h2 id=\"layers-title\">Layers</h2>\n");
    for (const Station& station : stations_) {
      bool first = true;
      for (const LayerTrace* layer : station.layers) {
        add_layer(*layer, first);
        first = false;
      }
    }
    html_.raw("</section>\n");
  }

  void add_layer(const LayerTrace& layer, bool first) {
    const Verdict verdict = verdict_of(layer);
    if (first) {
      html_.add("<h3 id=\"layer-{}\">{}", to_string(layer.type), layer_title(layer.type));
    } else {
      html_.add("<h3>{}", layer_title(layer.type));
    }
    if (has_levels(layer.type)) {
      html_.add(", level {}", layer.level);
    }
    html_.add(": <span class=\"{}\">{} {}</span></h3>\n", detail::looks_of(verdict),
              detail::symbol_of(verdict), to_string(verdict));
    std::vector<const StatementTrace*> unrelated;
    for (const StatementTrace& statement : layer.statements) {
      if (statement.action_matched) {
        add_statement(statement, true);
      } else {
        unrelated.push_back(&statement);
      }
    }
    if (layer.statements.empty() && layer.unlisted == 0) html_.raw("<p>No statements.</p>\n");
    const std::size_t count = unrelated.size() + layer.unlisted;
    if (count == 0) return;
    html_.add(
        "<details class=\"box\"><summary>{} statement{} do{} not cover the action</summary>\n",
        count, count == 1 ? "" : "s", count == 1 ? "es" : "");
    for (const StatementTrace* statement : unrelated) add_statement(*statement, false);
    if (layer.unlisted != 0) html_.add("<p>{} of them are not listed.</p>\n", layer.unlisted);
    html_.raw("</details>\n");
  }

  void add_statement(const StatementTrace& statement, bool open) {
    const bool decides = statement.id == deciding_;
    html_.add("<details class=\"box {}\"", looks_of(statement));
    if (decides) html_.raw(" id=\"deciding\"");
    if (open) html_.raw(" open");
    html_.add("><summary><span class=\"state\">{} {} {}</span> ", symbol_of(statement),
              to_string(statement.effect),
              decides             ? "decides:"
              : statement.applied ? "applies:"
                                  : "does not apply:");
    add_name(statement);
    html_.raw("</summary>\n");
    if (shown_.contains(document_of(statement.id))) {
      html_.raw("<p><a href=\"#");
      add_anchor(statement.id);
      html_.add("\">Its text, from line {}</a></p>\n", statement.begin.line);
    }
    html_.raw("<table class=\"stack\">\n<thead><tr><th scope=\"col\">Element</th>");
    html_.raw("<th scope=\"col\">The policy asks</th><th scope=\"col\">The request has</th>");
    html_.raw("<th scope=\"col\">Result</th></tr></thead>\n<tbody>\n");
    if (statement.principal_position.line != 0) {
      begin_row(name_in(statement, Element::Principal));
      html_.add("<span class=\"muted\">see line {}</span>", statement.principal_position.line);
      then_given();
      add_code(caller_text(request_.caller()));
      end_row(statement.principal_matched ? Truth::True : Truth::False, statement.principal_note);
    }
    begin_row(name_in(statement, Element::Action));
    add_values(statement.actions, "nothing");
    then_given();
    add_code(request_.action().text());
    end_row(statement.action_matched ? Truth::True : Truth::False, "");
    if (statement.resource_position.line != 0) {
      begin_row(name_in(statement, Element::Resource));
      add_values(statement.resources, "nothing");
      add_unresolved(statement.unresolved);
      then_given();
      add_code(request_.resource());
      end_row(statement.resource_matched ? Truth::True : Truth::False, "");
    }
    for (const ConditionTrace& test : statement.conditions) add_condition(test);
    html_.raw("</tbody>\n</table>\n</details>\n");
  }

  void add_condition(const ConditionTrace& test) {
    html_.raw("<tr><th scope=\"row\">Condition ");
    add_code(test.operator_text);
    html_.raw(" ");
    add_code(test.key);
    html_.raw("</th><td data-name=\"The policy asks\">");
    add_values(test.asked, "nothing");
    add_unresolved(test.unresolved);
    then_given();
    if (test.key_present) {
      add_values(test.given, "no values");
    } else {
      html_.raw("<span class=\"muted\">not given</span>");
    }
    std::string_view hint;
    if (test.key_collided) {
      hint = kGivenTwice;
    } else if (differs_in_case_only(test)) {
      hint = "they differ in letter case only";
    }
    end_row(test.result, hint);
  }

  void begin_row(std::string_view element) {
    html_.add("<tr><th scope=\"row\">{}</th><td data-name=\"The policy asks\">", element);
  }
  void then_given() { html_.raw("</td><td data-name=\"The request has\">"); }
  void end_row(Truth result, std::string_view hint) {
    html_.raw("</td><td data-name=\"Result\">");
    switch (result) {
      case Truth::True:
        html_.raw("<span class=\"good\">\xe2\x9c\x93 matches</span>");
        break;
      case Truth::False:
        html_.raw("<span class=\"bad\">\xe2\x9c\x97 does not match</span>");
        break;
      case Truth::Indeterminate:
        html_.raw("<span class=\"bad\">? cannot be told, counts against (C-70)</span>");
        break;
    }
    if (!hint.empty()) html_.add("; {}", hint);
    html_.raw("</td></tr>\n");
  }
  void add_unresolved(const std::vector<std::string>& names) {
    if (names.empty()) return;
    html_.raw("<p class=\"muted\">No value for</p>");
    add_values(names, "");
  }

  [[nodiscard]] static std::string_view looks_of(const StatementTrace& statement) {
    if (!statement.applied) return "";
    return statement.effect == Effect::Allow ? "good" : "bad";
  }

  [[nodiscard]] static std::string_view symbol_of(const StatementTrace& statement) {
    if (!statement.applied) return "\xe2\x97\x8b";
    return statement.effect == Effect::Allow ? "\xe2\x9c\x93" : "\xe2\x9c\x97";
  }

  // The policies' texts.

  void add_policies() {
    html_.raw("<section aria-labelledby=\"texts-title\">\n<h2 id=\"texts-title\">Policies</h2>\n");
    std::vector<const PolicyText*> sorted;
    for (const PolicyText& text : texts_) sorted.push_back(&text);
    std::stable_sort(sorted.begin(), sorted.end(), [](const PolicyText* a, const PolicyText* b) {
      return std::pair(a->layer, a->level) < std::pair(b->layer, b->level);
    });
    for (const PolicyText* text : sorted) add_policy(*text);
    html_.raw("</section>\n");
  }

  void add_policy(const PolicyText& text) {
    html_.add("<h3>{}", to_string(text.layer));
    if (has_levels(text.layer)) html_.add(" level {}", text.level);
    html_.raw(": ");
    add_code(text.name);
    html_.raw("</h3>\n");
    if (text.text.size() > options_.max_document_bytes) {
      html_.add("<p>Its text of {} bytes is left out: more than {}.</p>\n", text.text.size(),
                options_.max_document_bytes);
      return;
    }
    const std::vector<const StatementTrace*>& statements =
        by_document_[document_of(text.layer, text.level, text.document)];
    std::vector<std::size_t> starts;
    starts.reserve(statements.size());
    for (const StatementTrace* statement : statements) starts.push_back(statement->begin.offset);
    std::sort(starts.begin(), starts.end());
    const SourceLines source = source_lines(text.text, starts);
    if (source.laid_out_anew) html_.raw("<p class=\"muted\">Laid out anew for reading.</p>\n");
    html_.raw("<pre class=\"source\">");
    const std::vector<Note> notes = notes_of(statements);
    auto note = notes.begin();
    auto statement = statements.begin();
    for (const SourceLine& line : source.lines) {
      while (statement != statements.end() && (*statement)->end.offset <= line.begin) ++statement;
      const StatementTrace* covering = nullptr;
      if (statement != statements.end() && (*statement)->begin.offset < line.end) {
        covering = *statement;
      }
      auto behind = note;
      while (behind != notes.end() && behind->offset < line.end) ++behind;
      add_line(text.text, line, covering, {note, behind});
      note = behind;
    }
    html_.raw("</pre>\n");
  }

  /// What is said at the end of the line on which a byte stands.
  struct Note {
    std::size_t offset;
    const StatementTrace* statement;  ///< at its beginning; null for an element that does not match
    std::string_view element;
    Truth result;
    bool nearest = false;  ///< the nearest miss wants this one to match, or this Deny gone
  };

  /// Whether the nearest miss changes this element; of a statement as a whole, whether it goes.
  [[nodiscard]] bool is_in_nearest_miss(const StatementId& id, std::optional<Element> element,
                                        std::size_t condition) const {
    const std::vector<Change>& changes = explanation_.nearest_miss().changes;
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      if (change.statement != id || change.kind == Change::Kind::AttachAllow) return false;
      if (!element) return change.kind == Change::Kind::RemoveDeny;
      return change.kind == Change::Kind::MatchElement && change.element == *element &&
             (*element != Element::Condition || change.condition == condition);
    });
  }

  [[nodiscard]] std::vector<Note> notes_of(
      const std::vector<const StatementTrace*>& statements) const {
    std::vector<Note> notes;
    for (const StatementTrace* one : statements) {
      notes.push_back(
          {one->begin.offset, one, "", Truth::True, is_in_nearest_miss(one->id, std::nullopt, 0)});
      const auto fails = [&](const Position& position, Element element, bool matched) {
        if (matched || position.line == 0) return;
        notes.push_back({position.offset, nullptr, name_in(*one, element), Truth::False,
                         is_in_nearest_miss(one->id, element, 0)});
      };
      fails(one->principal_position, Element::Principal, one->principal_matched);
      fails(one->action_position, Element::Action, one->action_matched);
      fails(one->resource_position, Element::Resource, one->resource_matched);
      for (std::size_t i = 0; i < one->conditions.size(); ++i) {
        const ConditionTrace& test = one->conditions[i];
        notes.push_back({test.position.offset, nullptr, "Condition", test.result,
                         is_in_nearest_miss(one->id, Element::Condition, i)});
      }
    }
    std::stable_sort(notes.begin(), notes.end(),
                     [](const Note& a, const Note& b) { return a.offset < b.offset; });
    return notes;
  }

  void add_line(std::string_view text, const SourceLine& line, const StatementTrace* covering,
                std::span<const Note> notes) {
    html_.raw("<span class=\"l");
    if (covering != nullptr) {
      html_.add(" s {}{}", looks_of(*covering), covering->id == deciding_ ? " key" : "");
    }
    html_.raw("\"");
    const auto first = std::find_if(notes.begin(), notes.end(),
                                    [](const Note& note) { return note.statement != nullptr; });
    if (first != notes.end()) {
      html_.raw(" id=\"");
      add_anchor(first->statement->id);
      html_.raw("\"");
    }
    html_.raw(">");
    if (line.number != 0) html_.add("<span class=\"n\">{}</span>", line.number);
    if (line.number == 0) html_.add("<span class=\"n\"></span>{}", std::string(line.indent, ' '));
    html_.text(text.substr(line.begin, line.end - line.begin));
    for (const Note& note : notes) add_note(note);
    html_.raw("\n</span>");
  }

  void add_note(const Note& note) {
    html_.raw("<span class=\"note ");
    if (note.statement != nullptr) {
      const StatementTrace& one = *note.statement;
      const std::string_view looks = looks_of(one);
      html_.add("{}\">{} {} {}{}", looks.empty() ? "none" : looks, symbol_of(one),
                to_string(one.effect), one.applied ? "applies" : "does not apply",
                one.id == deciding_ ? ", and decides" : "");
    } else if (note.result == Truth::True) {
      html_.raw("good\">\xe2\x9c\x93 holds");
    } else if (note.element == "Condition") {
      html_.add("bad\">\xe2\x9c\x97 {}",
                note.result == Truth::False ? "does not hold" : "cannot be told");
    } else {
      html_.add("bad\">\xe2\x9c\x97 {} does not match", note.element);
    }
    if (note.nearest) html_.raw(": nearest miss");
    html_.raw("</span>");
  }

  const Request& request_;
  const Explanation& explanation_;
  std::span<const PolicyText> texts_;
  const HtmlOptions& options_;
  const std::vector<Station> stations_;
  StatementId deciding_;
  std::map<DocumentKey, std::vector<const StatementTrace*>> by_document_;
  std::set<DocumentKey> shown_;
  HtmlWriter html_;
};

}  // namespace detail

WRIT_FUNC std::string to_html(const Request& request, const Explanation& explanation,
                              std::span<const PolicyText> texts, const HtmlOptions& options) {
  return detail::ExplanationPage(request, explanation, texts, options).run();
}

}  // namespace writ::inline v0
