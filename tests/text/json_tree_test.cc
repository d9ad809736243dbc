// The text room: what is JSON, what its nodes are, and where they stand.
#include "writ/impl/json_tree.h"

#include <gtest/gtest.h>

#include <chrono>

namespace writ::test {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonOptions;
using detail::JsonTree;

JsonTree parse(std::string_view text) {
  Result<JsonTree> tree = JsonTree::parse(text);
  EXPECT_TRUE(tree) << (tree ? std::string() : tree.error().to_string());
  return std::move(tree).value();
}

// The node that a pointer names; aborts the test when there is none.
const JsonNode& find(const JsonTree& tree, std::string_view pointer) {
  for (std::uint32_t i = 0; i < tree.size(); ++i) {
    if (tree.pointer(tree.node(i)) == pointer) return tree.node(i);
  }
  ADD_FAILURE() << "no node at " << pointer;
  return tree.root();
}

std::string line_and_column(Position position) {
  return std::to_string(position.line) + ":" + std::to_string(position.column);
}

// The bytes of a value, as its positions tell them.
std::string_view source(std::string_view text, const JsonNode& node) {
  return text.substr(node.begin.offset, node.end.offset - node.begin.offset);
}

// `line:column` of the mistake; its code and rule are those of G-1.
std::string mistake(std::string_view text) {
  const Result<JsonTree> tree = JsonTree::parse(text);
  if (tree) return "none";
  EXPECT_EQ(tree.error().code, ErrorCode::JsonSyntaxError);
  EXPECT_EQ(tree.error().rule, "G-1");
  EXPECT_EQ(tree.error().json_pointer, "");
  EXPECT_FALSE(tree.error().message.empty());
  EXPECT_LE(tree.error().position.offset, text.size());
  return line_and_column(tree.error().position);
}

TEST(TextTest, EveryKindOfValueBecomesANode) {
  const std::string_view text =
      R"({"a":null,"b":true,"c":false,"d":-1.50e+3,"e":"x","f":[],"g":{}})";
  const JsonTree tree = parse(text);
  EXPECT_EQ(tree.size(), 8U);
  EXPECT_EQ(tree.root().kind, JsonKind::Object);
  EXPECT_EQ(tree.root().child_count, 7U);
  EXPECT_EQ(tree.root().parent, JsonNode::kNone);
  struct Case {
    std::string_view name;
    JsonKind kind;
    std::string_view text;
  };
  const Case cases[] = {{"a", JsonKind::Null, "null"},   {"b", JsonKind::True, "true"},
                        {"c", JsonKind::False, "false"}, {"d", JsonKind::Number, "-1.50e+3"},
                        {"e", JsonKind::String, "x"},    {"f", JsonKind::Array, ""},
                        {"g", JsonKind::Object, ""}};
  std::uint32_t index = 0;
  for (const Case& c : cases) {
    const JsonNode* node = tree.member(tree.root(), c.name);
    ASSERT_NE(node, nullptr) << c.name;
    EXPECT_EQ(node->kind, c.kind) << c.name;
    EXPECT_EQ(node->text, c.text) << c.name;
    EXPECT_EQ(node->index, index++) << c.name;
    EXPECT_EQ(tree.index_of(*node), index) << c.name;
    EXPECT_EQ(text[node->name_position.offset], '"');
    EXPECT_EQ(text.substr(node->name_position.offset + 1, 1), c.name);
  }
  EXPECT_EQ(tree.member(tree.root(), "h"), nullptr);
}

TEST(TextTest, NodesComeInTextOrderAndAreLinked) {
  const JsonTree tree = parse(R"([[1,2],{"a":[3]},4])");
  const char* const kPointers[] = {"", "/0", "/0/0", "/0/1", "/1", "/1/a", "/1/a/0", "/2"};
  ASSERT_EQ(tree.size(), 8U);
  for (std::uint32_t i = 0; i < tree.size(); ++i) {
    EXPECT_EQ(tree.pointer(tree.node(i)), kPointers[i]);
  }
  const JsonNode* child = tree.first_child(tree.root());
  ASSERT_NE(child, nullptr);
  EXPECT_EQ(child->child_count, 2U);
  child = tree.next(*child);
  ASSERT_NE(child, nullptr);
  EXPECT_EQ(child->kind, JsonKind::Object);
  child = tree.next(*child);
  ASSERT_NE(child, nullptr);
  EXPECT_EQ(child->text, "4");
  EXPECT_EQ(tree.next(*child), nullptr);
  EXPECT_EQ(tree.first_child(*child), nullptr);
}

TEST(TextTest, ScalarsMayBeTheWholeText) {
  // RFC 8259; that a policy is an object is the document room's business.
  EXPECT_EQ(parse(" \"x\" ").root().text, "x");
  EXPECT_EQ(parse("\n12\n").root().text, "12");
  EXPECT_EQ(line_and_column(parse("\n 12\n").root().begin), "2:2");
  EXPECT_EQ(parse("true").root().kind, JsonKind::True);
}

TEST(TextTest, PositionsCountLinesAndBytesFromOne) {
  const std::string_view text = "{\n  \"a\" : [ 1 ,\n\t\"b\" ] }";
  const JsonTree tree = parse(text);
  EXPECT_EQ(tree.root().begin, (Position{0, 1, 1}));
  EXPECT_EQ(tree.root().end, (Position{static_cast<std::uint32_t>(text.size()), 3, 9}));
  EXPECT_EQ(find(tree, "/a").name_position, (Position{4, 2, 3}));
  EXPECT_EQ(find(tree, "/a").begin, (Position{10, 2, 9}));
  EXPECT_EQ(find(tree, "/a").end, (Position{22, 3, 7}));
  EXPECT_EQ(find(tree, "/a/0").begin, (Position{12, 2, 11}));
  EXPECT_EQ(find(tree, "/a/0").end, (Position{13, 2, 12}));
  EXPECT_EQ(find(tree, "/a/1").begin, (Position{17, 3, 2}));
  EXPECT_EQ(find(tree, "/a/1").end, (Position{20, 3, 5}));
}

TEST(TextTest, LinesEndAtLineFeedsOnly) {
  // CR LF is one line break; a CR alone is white space.
  const JsonTree crlf = parse("{\r\n\"a\":1,\r\n\r\n  \"b\":2}");
  EXPECT_EQ(line_and_column(find(crlf, "/a").name_position), "2:1");
  EXPECT_EQ(line_and_column(find(crlf, "/b").name_position), "4:3");
  const JsonTree cr = parse("{\r\"a\":1}");
  EXPECT_EQ(line_and_column(find(cr, "/a").name_position), "1:3");
  const JsonTree blank = parse("\n\n\n[\n\n1]");
  EXPECT_EQ(line_and_column(find(blank, "").begin), "4:1");
  EXPECT_EQ(line_and_column(find(blank, "/0").begin), "6:1");
}

TEST(TextTest, ColumnsAreBytes) {
  // A tab is one byte; `é` two, `中` three, an emoji four; escapes are as long as they are spelled.
  const JsonTree tabs = parse("\t\t[\t1]");
  EXPECT_EQ(line_and_column(find(tabs, "/0").begin), "1:5");
  const JsonTree wide = parse("[\"\xc3\xa9\",\"\xe4\xb8\xad\",\"\xf0\x9f\x98\x80\",\"\\u00e9\",1]");
  EXPECT_EQ(line_and_column(find(wide, "/0").begin), "1:2");
  EXPECT_EQ(line_and_column(find(wide, "/1").begin), "1:7");
  EXPECT_EQ(line_and_column(find(wide, "/2").begin), "1:13");
  EXPECT_EQ(line_and_column(find(wide, "/3").begin), "1:20");
  EXPECT_EQ(line_and_column(find(wide, "/4").begin), "1:29");
  EXPECT_EQ(find(wide, "/3").text, "\xc3\xa9");
}

TEST(TextTest, SourceOfEveryNodeIsItsText) {
  const std::string_view text =
      "{ \"a\\n\" : { \"b\" : [ ] , \"c\":{} },\r\n \"d\" :[ 1.0E5 , \"x\\\"]}\" ,null ] } ";
  const JsonTree tree = parse(text);
  EXPECT_EQ(source(text, find(tree, "/a\n")), "{ \"b\" : [ ] , \"c\":{} }");
  EXPECT_EQ(source(text, find(tree, "/a\n/b")), "[ ]");
  EXPECT_EQ(source(text, find(tree, "/a\n/c")), "{}");
  EXPECT_EQ(source(text, find(tree, "/d/0")), "1.0E5");
  EXPECT_EQ(source(text, find(tree, "/d/1")), "\"x\\\"]}\"");
  EXPECT_EQ(source(text, find(tree, "/d/2")), "null");
  EXPECT_EQ(source(text, tree.root()), text.substr(0, text.size() - 1));
}

TEST(TextTest, PointersEscapeTildeAndSlash) {
  // RFC 6901: `~` is `~0`, `/` is `~1`.
  const JsonTree tree = parse(R"({"a/b":{"~":[{"":{"~1":0}}]}})");
  const JsonNode& last = tree.node(tree.size() - 1);
  EXPECT_EQ(tree.pointer(last), "/a~1b/~0/0//~01");
  EXPECT_EQ(tree.pointer(tree.root()), "");
}

TEST(TextTest, StringsAreDecoded) {
  const JsonTree tree =
      parse(R"(["\"\\\/\b\f\n\r\t","\u0041\u00e9\u4e2d\uD83D\uDE00","\u0000x",""])");
  EXPECT_EQ(find(tree, "/0").text, "\"\\/\b\f\n\r\t");
  EXPECT_EQ(find(tree, "/1").text, "A\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
  EXPECT_EQ(find(tree, "/2").text, std::string_view("\0x", 2));
  EXPECT_EQ(find(tree, "/3").text, "");
}

TEST(TextTest, DecodedStringsSurviveAMove) {
  JsonTree tree = parse(R"({"name":"value"})");
  const std::string_view value = tree.member(tree.root(), "name")->text;
  const JsonTree moved = std::move(tree);
  EXPECT_EQ(value, "value");
  EXPECT_EQ(moved.member(moved.root(), "name")->text.data(), value.data());
}

TEST(TextTest, NumbersKeepTheirSpellingHoweverBig) {
  // G-60
  const std::string digits(5000, '7');
  const std::string text = "[0,-0,1.50,1E5,1e-400,1e400,-1e99999,123456789012345678901234567890," +
                           digits + ",0." + digits + "]";
  const JsonTree tree = parse(text);
  const std::string expected[] = {
      "0",      "-0",         "1.50",     "1E5",
      "1e-400", "1e400",      "-1e99999", "123456789012345678901234567890",
      digits,   "0." + digits};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    const JsonNode& node = find(tree, "/" + std::to_string(i));
    EXPECT_EQ(node.kind, JsonKind::Number);
    EXPECT_EQ(node.text, expected[i]);
    EXPECT_EQ(source(text, node), expected[i]);
  }
}

TEST(TextTest, BigNumbersDoNotDisturbWhatStandsAround) {
  const std::string text = R"({"a\"1e999":"-1e999 \\","b":1e999,"c":["\u0031e999",-1E+999]})";
  const JsonTree tree = parse(text);
  EXPECT_EQ(tree.root().child_count, 3U);
  EXPECT_EQ(find(tree, "/a\"1e999").text, "-1e999 \\");
  EXPECT_EQ(find(tree, "/b").text, "1e999");
  EXPECT_EQ(find(tree, "/c/0").text, "1e999");
  EXPECT_EQ(find(tree, "/c/1").text, "-1E+999");
}

TEST(TextTest, MalformedNumbersAreMistakes) {
  // G-1
  for (const char* number :
       {"01",    "1.",   ".5",     "+1",     "-",        "1e",        "1e+",
        "--1",   "0x10", "1_000",  "NaN",    "Infinity", "-Infinity", "nan",
        "1e5.5", "1 2",  "1e999.", "1e999e", "1e999e9",  "1e999.5",   "-1e9990e-1"}) {
    EXPECT_NE(mistake("[" + std::string(number) + "]"), "none") << number;
  }
}

TEST(TextTest, MistakesAreFoundWhereTheyAre) {
  // G-1
  struct Case {
    std::string_view name;
    std::string text;
    std::string_view place;
  };
  const Case cases[] = {
      {"empty", "", "1:1"},
      {"white space only", " \n ", "2:2"},
      {"comment", "{\n// no\n}", "2:1"},
      {"trailing comma in an array", "[1,\n]", "2:1"},
      {"trailing comma in an object", "{\"a\":1,\n }", "2:2"},
      {"missing comma", "[1 2]", "1:4"},
      {"missing colon", "{\"a\" 1}", "1:6"},
      {"missing value", "{\"a\":}", "1:6"},
      {"name without quotes", "{a:1}", "1:2"},
      {"single quotes", "{'a':1}", "1:2"},
      {"open array", "[1", "1:3"},
      {"open object", "{\"a\":1", "1:7"},
      {"second value", "{}\n{}", "2:1"},
      {"garbage behind", "{} x", "1:4"},
      {"wrong bracket", "[1}", "1:3"},
      {"word", "[tru]", "1:5"},
      {"capitals", "[True]", "1:2"},
      {"NUL behind", std::string("{}\0", 3), "1:3"},
      {"NUL and more behind", std::string("{}\0{}", 5), "1:3"},
      {"NUL inside", std::string("{\0}", 3), "1:2"},
      {"NUL alone", std::string("\0", 1), "1:1"},
      {"byte order mark", "\xef\xbb\xbf{}", "1:1"},
      {"UTF-16", std::string("{\0}\0", 4), "1:2"},
      {"vertical tab", "[\v1]", "1:2"},
      {"no-break space", "[\xc2\xa0\x31]", "1:2"},
  };
  for (const Case& c : cases) EXPECT_EQ(mistake(c.text), c.place) << c.name;
}

TEST(TextTest, MalformedStringsAreMistakes) {
  // G-1: the mistake is inside the string, on its line.
  struct Case {
    std::string_view name;
    std::string string;
  };
  const Case cases[] = {
      {"open", "\"a"},
      {"unknown escape", R"("\x41")"},
      {"octal escape", R"("\0")"},
      {"escape at the end", R"("\)"},
      {"short escape", R"("\u12")"},
      {"no hexadecimal digits", R"("\u12g4")"},
      {"raw line break", "\"a\nb\""},
      {"raw tab", "\"a\tb\""},
      {"raw NUL", std::string("\"a\0b\"", 5)},
      {"raw escape character", "\"\x1b\""},
      {"lone high surrogate", R"("\ud800")"},
      {"high surrogate and text", R"("\ud800x")"},
      {"high surrogate and another escape", R"("\ud800\n")"},
      {"two high surrogates", R"("\ud800\ud800")"},
      {"lone low surrogate", R"("\udc00")"},
      {"low surrogate at the end", R"("abc\udfff")"},
      {"swapped surrogates", R"("\udc00\ud800")"},
      {"pair and a low one", R"("\ud83d\ude00\ude00")"},
      {"lone continuation byte", "\"\x80\""},
      {"overlong slash", "\"\xc0\xaf\""},
      {"overlong NUL", "\"\xc0\x80\""},
      {"overlong in three bytes", "\"\xe0\x80\xaf\""},
      {"overlong in four bytes", "\"\xf0\x80\x80\xaf\""},
      {"raw surrogate", "\"\xed\xa0\x80\""},
      {"raw surrogate pair (CESU-8)", "\"\xed\xa0\xbd\xed\xb8\x80\""},
      {"raw surrogate with an escape", "\"\\n\xed\xb0\x80\""},
      {"above U+10FFFF", "\"\xf4\x90\x80\x80\""},
      {"byte FE", "\"\xfe\""},
      {"byte FF", "\"\xff\""},
      {"two of three bytes", "\"\xe4\xb8\""},
      {"one of two bytes", "\"\xc3\""},
      {"one of four bytes and the end", "\"\xf0"},
      {"Latin-1", "\"caf\xe9\""},
  };
  for (const Case& c : cases) {
    EXPECT_NE(mistake("[\n" + c.string + "]"), "none") << "value: " << c.name;
    EXPECT_NE(mistake("{\n" + c.string + ":1}"), "none") << "name: " << c.name;
    EXPECT_EQ(mistake("[\n" + c.string + "]").substr(0, 2), "2:") << c.name;
  }
}

TEST(TextTest, BoundaryCodePointsAreGood) {
  // G-1: the first and last of each length, and the neighbours of the surrogates.
  const JsonTree tree = parse(
      "[\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"
      "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\",\"\\ud7ff\\ue000\\ud800\\udc00\\udbff\\udfff\","
      "\"\xef\xbb\xbf\"]");
  EXPECT_EQ(find(tree, "/1").text, "\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
  EXPECT_EQ(find(tree, "/2").text, "\xef\xbb\xbf");
}

TEST(TextTest, NestingIsLimited) {
  // G-11: sixteen levels, whatever they are made of.
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(JsonTree::parse(nested(16)));
  const Result<JsonTree> deep = JsonTree::parse("\n" + nested(17));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, ErrorCode::NestingTooDeep);
  EXPECT_EQ(deep.error().rule, "G-11");
  EXPECT_EQ(deep.error().position, (Position{17, 2, 17}));
  std::string objects = "1";
  for (int i = 0; i < 16; ++i) objects = "{\"a\":" + objects + "}";
  EXPECT_TRUE(JsonTree::parse(objects));
  EXPECT_FALSE(JsonTree::parse("[" + objects + "]"));
  JsonOptions options;
  options.max_depth = 17;
  EXPECT_TRUE(JsonTree::parse(nested(17), options));
  options.max_depth = 0;
  EXPECT_TRUE(JsonTree::parse("1", options));
  EXPECT_FALSE(JsonTree::parse("[]", options));
}

TEST(TextTest, DeepTextsNeitherRecurseNorCrash) {
  // G-11
  JsonOptions options;
  options.max_depth = 1'000'000;
  const std::string text = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  const Result<JsonTree> tree = JsonTree::parse(text, options);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->size(), 1'000'000U);
  EXPECT_FALSE(JsonTree::parse(std::string(1'000'000, '['), options));
}

TEST(TextTest, LongTextsAreRefused) {
  JsonOptions options;
  options.max_bytes = 4;
  EXPECT_TRUE(JsonTree::parse("[12]", options));
  const Result<JsonTree> tree = JsonTree::parse("[123]", options);
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().code, ErrorCode::LimitExceeded);
  EXPECT_EQ(tree.error().rule, "G-11");
  EXPECT_NE(tree.error().message.find("4 bytes"), std::string::npos);
}

// G-11: values are counted before there is a node for any.
TEST(TextTest, TextsOfManyValuesAreRefused) {
  JsonOptions options;
  options.max_values = 4;
  EXPECT_TRUE(JsonTree::parse("[1,2,3]", options));
  EXPECT_TRUE(JsonTree::parse(R"({"[,\",{,,,":"[,,,,","a":[]})", options));
  for (const std::string_view text : {"[1,2,3,4]", "[[],[],[[]]]", R"({"a":1,"b":2,"c":[3]})"}) {
    const Result<JsonTree> tree = JsonTree::parse(text, options);
    ASSERT_FALSE(tree) << text;
    EXPECT_EQ(tree.error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(tree.error().rule, "G-11");
    EXPECT_NE(tree.error().message.find("4 JSON values"), std::string::npos);
  }
}

// The pointers of the repeated members, behind each other.
std::string duplicates(std::string_view text) {
  const JsonTree tree = parse(text);
  std::string pointers;
  for (const detail::JsonDuplicate& duplicate : tree.duplicates()) {
    pointers += tree.pointer(tree.node(duplicate.node)) + "@" +
                line_and_column(tree.node(duplicate.node).name_position) + " ";
  }
  return pointers;
}

TEST(TextTest, RepeatedMembersAreListed) {
  // G-3: each one after the first, in text order, at any depth, by decoded name.
  EXPECT_EQ(duplicates(R"({"a":1,"b":2})"), "");
  EXPECT_EQ(duplicates(R"({"a":1,"A":2})"), "");
  EXPECT_EQ(duplicates(R"([{"a":1},{"a":1}])"), "");
  EXPECT_EQ(duplicates(R"({"a":1,"a":1})"), "/a@1:8 ");
  EXPECT_EQ(duplicates(R"({"a":1,"\u0061":1,"a":2})"), "/a@1:8 /a@1:19 ");
  EXPECT_EQ(duplicates(R"({"":1,"":1})"), "/@1:7 ");
  EXPECT_EQ(duplicates(R"({"x":{"a":1,"a":1},"x":[{"b":1,"b":1}]})"),
            "/x/a@1:13 /x@1:20 /x/0/b@1:32 ");
}

TEST(TextTest, RepeatedMembersOfBigObjectsAreListed) {
  // G-3: many members are sorted instead of compared in pairs; the answer is the same.
  std::string text = "{";
  for (int i = 0; i < 40; ++i) text += "\"m" + std::to_string(i % 38) + "\":0,";
  text += "\"last\":0}";
  const JsonTree tree = parse(text);
  ASSERT_EQ(tree.duplicates().size(), 2U);
  EXPECT_EQ(tree.node(tree.duplicates()[0].node).index, 38U);
  EXPECT_EQ(tree.node(tree.duplicates()[0].node).name, "m0");
  EXPECT_EQ(tree.node(tree.duplicates()[1].node).index, 39U);
}

TEST(TextTest, TimeGrowsWithTheTextAndNotFaster) {
  // A hundred thousand members, all different or all the same; a quadratic search takes minutes.
  std::string different = "{";
  std::string same = "{";
  for (int i = 0; i < 100'000; ++i) {
    different += "\"member" + std::to_string(i) + "\":0,";
    same += "\"member\":0,";
  }
  different += "\"\":0}";
  same += "\"\":0}";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(parse(different).duplicates().size(), 0U);
  EXPECT_EQ(parse(same).duplicates().size(), 99'999U);
  EXPECT_EQ(parse("\"" + std::string(8U << 20U, 'x') + "\"").root().text.size(), 8U << 20U);
  EXPECT_EQ(parse("[" + std::string(8U << 20U, ' ') + "1e999]").size(), 2U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace writ::test
