#include <gyre/wire/multipart.hpp>

#include <gyre/wire/field_lines.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

using Event = MultipartParser::Event;

/// What a body was found to hold, as text: "[name,file,type]content;" for each part, then "." for the end of it.
/// A body that is refused: what came before, but for the content of the part where it went wrong, and the sentence.
class Reader {
 public:
  explicit Reader(const MultipartLimits& limits = {}) : parser_(MultipartBoundary::from_text("bnd").value(), limits) {}

  void feed(std::string_view bytes) {
    // At an address of its own and not a byte longer, so that a sanitizer sees a look beyond.
    const std::unique_ptr<char[]> block(new char[bytes.size()]);
    if (!bytes.empty()) std::memcpy(block.get(), bytes.data(), bytes.size());
    std::string_view input(block.get(), bytes.size());
    for (;;) {
      const MultipartParser::Step step = parser_.next(input);
      REQUIRE(step.used <= input.size());
      input.remove_prefix(step.used);
      CHECK(step.data.empty() == (step.event != Event::data));
      if (step.event == Event::more) CHECK(input.empty());
      if (step.event == Event::more || step.event == Event::failed) return;
      take(step);
    }
  }

  std::string finish() {
    const MultipartError error = parser_.end();
    CHECK(error == parser_.error());
    return error == MultipartError::none ? text_ : text_ + "!" + std::string(describe(error));
  }

 private:
  void take(const MultipartParser::Step& step) {
    switch (step.event) {
      case Event::part_begin: {
        const PartHead& part = parser_.part();
        ((text_ += "[") += part.name) += ",";
        ((text_ += part.file_name.value_or("-")) += ",") += part.content_type;
        text_ += "]";
        break;
      }
      case Event::data: content_ += step.data; break;
      case Event::part_end:
        (text_ += content_) += ";";
        content_.clear();
        break;
      default: text_ += "."; break;
    }
  }

  MultipartParser parser_;
  std::string text_;
  std::string content_;
};

std::string read(std::string_view body, std::size_t piece, const MultipartLimits& limits) {
  Reader reader(limits);
  for (std::size_t at = 0; at < body.size(); at += piece) reader.feed(body.substr(at, piece));
  return reader.finish();
}

/// The same for every cut, or it is no result.
std::string read(std::string_view body, const MultipartLimits& limits = {}) {
  const std::string at_once = read(body, body.size() + 1, limits);
  for (std::size_t piece = 1; piece < std::min<std::size_t>(body.size(), 40); ++piece) {
    INFO("pieces of " << piece);
    CHECK(read(body, piece, limits) == at_once);
  }
  for (std::size_t cut = 1; cut < std::min<std::size_t>(body.size(), 400); ++cut) {
    Reader reader(limits);
    reader.feed(body.substr(0, cut));
    reader.feed({});
    reader.feed(body.substr(cut));
    CHECK(reader.finish() == at_once);
  }
  return at_once;
}

std::string part(std::string_view head, std::string_view content) {
  return "--bnd\r\n" + std::string(head) + "\r\n\r\n" + std::string(content) + "\r\n";
}

const std::string head_a = "Content-Disposition: form-data; name=\"a\"";

/// One part with that disposition.
std::string with_disposition(std::string_view value) {
  return read(part("Content-Disposition: " + std::string(value), "x") + "--bnd--\r\n");
}

std::string refused(MultipartError error) { return "!" + std::string(describe(error)); }

}  // namespace

TEST_CASE("boundaries as RFC 2046 5.1.1 allows them", "[wire][multipart]") {
  CHECK(MultipartBoundary::from_text("a").value().text() == "a");
  CHECK(MultipartBoundary::from_text("a").value().delimiter() == "\r\n--a");
  CHECK(MultipartBoundary::from_text("'()+_,-./:=? x").has_value());
  CHECK(MultipartBoundary::from_text(std::string(70, 'b')).value().text().size() == 70);
  for (const std::string& text :
       {std::string(), std::string(71, 'b'), std::string("a "), std::string(" "), std::string("a\"b"),
        std::string("a;b"), std::string("a\r\n"), std::string("a\tb"), std::string("a\\b"), std::string("a*b"),
        std::string("a\0b", 3), std::string("\xc3\xa4"), std::string("a@b")}) {
    INFO(text);
    CHECK(MultipartBoundary::from_text(text).error() == Errc::bad_message);
  }
}

TEST_CASE("the boundary stands in Content-Type", "[wire][multipart]") {
  const auto boundary = [](std::string_view field) {
    const Result<MultipartBoundary> result = MultipartBoundary::from_content_type(field);
    return result ? std::string(result->text()) : "(" + std::string(name(result.error().code())) + ")";
  };
  CHECK(boundary("multipart/form-data; boundary=AaB03x") == "AaB03x");
  CHECK(boundary("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b:c\"") == "a b:c");
  CHECK(boundary("multipart/form-data; boundary=\"a\\b\"") == "ab");
  CHECK(boundary("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW") ==
        "----WebKitFormBoundary7MA4YWxkTrZu0gW");
  CHECK(boundary("multipart/form-data; boundary=\"" + std::string(71, 'b') + "\"") == "(bad_message)");
  CHECK(boundary("multipart/form-data; boundary=" + std::string(1000, 'b')) == "(bad_message)");
  CHECK(boundary("multipart/mixed; boundary=a") == "(unsupported)");
  CHECK(boundary("application/x-www-form-urlencoded") == "(unsupported)");
  for (const char* field :
       {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=a:b", "multipart/form-data; boundary=\"a", "multipart",
        "multipart/form-data; boundary=a, multipart/form-data; boundary=b", ""}) {
    INFO(field);
    CHECK(boundary(field) == "(bad_message)");
  }
}

TEST_CASE("a form is its parts", "[wire][multipart]") {
  CHECK(read(part(head_a, "1") + "--bnd--\r\n") == "[a,-,]1;.");
  CHECK(
      read(part(head_a, "1") +
           part("content-disposition: FORM-DATA; NAME=b; filename=\"f.txt\"\r\nContent-Type: text/plain;charset=utf-8",
                "two\r\nlines\r\n") +
           "--bnd--") == "[a,-,]1;[b,f.txt,text/plain;charset=utf-8]two\r\nlines\r\n;.");
  // No parts at all: what browsers send for an empty form.
  CHECK(read("--bnd--\r\n") == ".");
  CHECK(read("--bnd--") == ".");
  // An empty part, and one where the head's last CRLF begins the delimiter.
  CHECK(read(part(head_a, "") + "--bnd--") == "[a,-,];.");
  CHECK(read("--bnd\r\n" + head_a + "\r\n\r\n--bnd--") == "[a,-,];.");
  // An empty file input
  CHECK(read(part(head_a + "; filename=\"\"\r\nContent-Type: application/octet-stream", "") + "--bnd--\r\n") ==
        "[a,,application/octet-stream];.");
}

TEST_CASE("what stands before the first delimiter and behind the last is skipped", "[wire][multipart]") {
  CHECK(read("\r\n" + part(head_a, "1") + "--bnd--") == "[a,-,]1;.");
  CHECK(read("preamble\r\n--bn\r\n-\r\r\n" + part(head_a, "1") + "--bnd-- \t\r\nepilogue\r\n--bnd\r\nx") ==
        "[a,-,]1;.");
  CHECK(read("x--bnd\r\n" + part(head_a, "1") + "--bnd--") == "[a,-,]1;.");
  CHECK(read("--bnd \t \r\n" + head_a + "\r\n\r\n1\r\n--bnd\t--") ==
        "[a,-,]1;" + refused(MultipartError::bad_delimiter));
  CHECK(read("--bnd \t \r\n" + head_a + "\r\n\r\n1\r\n--bnd--\t") == "[a,-,]1;.");
}

TEST_CASE("content that nearly is a delimiter is content", "[wire][multipart]") {
  for (const std::string_view content : {"\r"sv,
                                         "\n"sv,
                                         "\r\n"sv,
                                         "\r\n-"sv,
                                         "\r\n--"sv,
                                         "\r\n--bn"sv,
                                         "\r\n--bn\r\n--bn"sv,
                                         "\r\r\n--bn\r"sv,
                                         "\r\r\r\n\r\n"sv,
                                         "--bn"sv,
                                         "-"sv,
                                         "--"sv,
                                         "--bn\r\n--b"sv,
                                         "x--bnd"sv,
                                         "x--bnd--"sv,
                                         "\n--bnd"sv,
                                         "\r--bnd"sv,
                                         "\r\n --bnd"sv,
                                         "\r\n--Bnd"sv,
                                         "\r\n---bnd"sv,
                                         "\r\n--bn\0"sv,
                                         "\0\xff"sv,
                                         "\r\n--b\r\n--bx\r\n--bny"sv}) {
    INFO(content);
    CHECK(read(part(head_a, content) + "--bnd--\r\n") == "[a,-,]" + std::string(content) + ";.");
  }
}

TEST_CASE("a line that begins with the boundary is a delimiter or an error", "[wire][multipart]") {
  const std::string begun = "[a,-,]1;";
  for (const std::string_view tail : {"x"sv, "-"sv, "-x"sv, " x"sv, "\n"sv, "\r"sv, "\rx"sv, " -"sv, " --"sv, "--x"sv,
                                      "--\n"sv, "-- x"sv, "--\rx"sv, "\0"sv, "2\r\n"sv, "---"sv}) {
    INFO(tail);
    const std::string result = read(part(head_a, "1") + "--bnd" + std::string(tail));
    const bool is_closed = tail.starts_with("--");
    const bool is_unfinished = tail == "-" || tail == "\r";
    CHECK(result == begun + (is_closed ? "." : "") +
                        refused(is_unfinished ? MultipartError::truncated : MultipartError::bad_delimiter));
  }
}

TEST_CASE("a body without its last delimiter is truncated", "[wire][multipart]") {
  const std::string body = "pre\r\n" + part(head_a, "12") + part(head_a, "34") + "--bnd--";
  for (std::size_t size = 0; size < body.size(); ++size) {
    const std::string result = read(std::string_view(body).substr(0, size), size + 1, {});
    INFO(size);
    CHECK(result.ends_with(refused(MultipartError::truncated)));
  }
  CHECK(read(body) == "[a,-,]12;[a,-,]34;.");
}

TEST_CASE("names of fields and files", "[wire][multipart]") {
  struct Row {
    std::string_view disposition;
    std::string_view result;
  };
  const Row rows[] = {
      {"form-data; name=a", "[a,-,]x;."},
      {"form-data ; name=\"a b\" ; x=y", "[a b,-,]x;."},
      {"form-data; name=\"\"", "[,-,]x;."},
      {"form-data; name=\"a%22b\"", "[a\"b,-,]x;."},
      {"form-data; name=\"a%0D%0Ab\"", "[a\r\nb,-,]x;."},
      {"form-data; name=\"a%20b%2525%\"", "[a%20b%2525%,-,]x;."},  // browsers escape these three only
      {"form-data; name=\"a%0d%0a%2\"", "[a%0d%0a%2,-,]x;."},
      {"form-data; name=a%22b", "[a%22b,-,]x;."},
      {"form-data; name=\"a\\\"b\"", "[a\"b,-,]x;."},
      {"form-data; name=\"a\\\\b\\c\"", "[a\\b\\c,-,]x;."},
      {"form-data; name=\"a\\\\%22\\%22\"", "[a\\\"\\\",-,]x;."},
      {"form-data; name=\"\xc3\xa4\xff\"", "[\xc3\xa4\xff,-,]x;."},
      {"form-data; name=\"a;filename=b\"", "[a;filename=b,-,]x;."},
      // File names are data: never a path.
      {"form-data; name=a; filename=\"../../etc/passwd\"", "[a,../../etc/passwd,]x;."},
      {"form-data; name=a; filename=\"C:\\dir\\f.txt\"", "[a,C:\\dir\\f.txt,]x;."},
      {"form-data; filename=\"f\"; name=a", "[a,f,]x;."},
      {"form-data; name=a; filename=\"a%0D%0AX: y\"", "[a,a\r\nX: y,]x;."},
      {"form-data; name=a; filename=\"\"", "[a,,]x;."},
      // RFC 7578 4.2: filename* must not be used.
      {"form-data; name=a; filename*=UTF-8''evil", "[a,-,]x;."},
      {"form-data; name=a; filename=f; filename*=UTF-8''evil", "[a,f,]x;."},
      {"form-data; name*=UTF-8''b; name=a", "[a,-,]x;."},
      {"form-data; name=a;", "[a,-,]x;."},
  };
  for (const Row& row : rows) {
    INFO(row.disposition);
    CHECK(with_disposition(row.disposition) == row.result);
  }
}

TEST_CASE("dispositions that two readers could take for two things", "[wire][multipart]") {
  for (const std::string_view value :
       {"form-data; name=a; name=b"sv, "form-data; name=a; NAME=a"sv, "form-data; name=a; filename=f; filename=g"sv,
        "attachment; name=a"sv, "form-datax; name=a"sv, "form-data name=a"sv, "form-data, name=a"sv,
        "form-data; name = a"sv, "form-data; name=\"a"sv, "form-data; name=\"a\"b"sv, "form-data; name=\"a\\\""sv,
        "form-data; name=a b"sv, "form-data; name='a b'"sv, "; name=a"sv, ""sv, "form-data; name"sv,
        "form-data; name="sv}) {
    INFO(value);
    CHECK(with_disposition(value) == refused(MultipartError::bad_disposition));
  }
  CHECK(with_disposition("form-data") == refused(MultipartError::no_name));
  CHECK(with_disposition("form-data; filename=f") == refused(MultipartError::no_name));
  CHECK(with_disposition("form-data; name*=UTF-8''a") == refused(MultipartError::no_name));
}

TEST_CASE("heads of parts are as strict as heads of messages", "[wire][multipart]") {
  struct Row {
    std::string head;
    MultipartError error;
  };
  using enum MultipartError;
  const Row rows[] = {
      {"X: y", no_disposition},
      {head_a + "\r\n" + head_a, repeated_field},
      {head_a + "\r\nContent-Type: a/b\r\ncontent-type: a/b", repeated_field},
      {head_a + "\r\nContent-Type: text", bad_content_type},
      {head_a + "\r\nContent-Type:", bad_content_type},
      {head_a + "\r\nContent-Type: a/b; c", bad_content_type},
      {head_a + "\r\n folded", bad_field},
      {head_a + ";\r\n\tname=b", bad_field},
      {"Content-Disposition : form-data; name=a", bad_field},
      {head_a + "\r\n: x", bad_field},
      {head_a + "\r\nno colon", bad_field},
      {head_a + "\nX: y", bare_line_end},
      {head_a + "\rX: y", bare_line_end},
      {head_a + "\r\r\n", bare_line_end},
      {head_a + std::string("\r\nX: \0", 6), control_character},
      {head_a + "\r\nX: \x7f", control_character},
      {"--bnd--", bad_field},
  };
  for (const Row& row : rows) {
    INFO(row.head);
    CHECK(read(part(row.head, "x") + "--bnd--") == refused(row.error));
  }
  CHECK(read("--bnd\r\n\r\nx\r\n--bnd--") == refused(no_disposition));
  CHECK(status_of(no_disposition) == Status::bad_request);
}

TEST_CASE("other fields of a part can be looked at", "[wire][multipart]") {
  MultipartParser parser(MultipartBoundary::from_text("bnd").value());
  const std::string body = part(head_a + "\r\nX-Note:  two words \r\nContent-ID: 1", "x");
  REQUIRE(parser.next(body).event == Event::part_begin);
  CHECK(find_field_line(parser.part().fields, "x-note") == "two words");
  CHECK(find_field_line(parser.part().fields, "content-id") == "1");
  CHECK_FALSE(parser.done());
}

TEST_CASE("multipart limits", "[wire][multipart]") {
  using enum MultipartError;
  const std::string one = part(head_a, "12345");
  const std::string file = part(head_a + "; filename=f", "12345");
  CHECK(read(one + one + "--bnd--", {.parts = 2}) == "[a,-,]12345;[a,-,]12345;.");
  CHECK(read(one + one + one + "--bnd--", {.parts = 2}) == "[a,-,]12345;[a,-,]12345;" + refused(too_many_parts));
  CHECK(read("--bnd--", {.parts = 0}) == ".");

  const std::size_t line = head_a.size() + 2;
  CHECK(read(one + "--bnd--", {.head = line + 2, .line = line}) == "[a,-,]12345;.");
  CHECK(read(one + "--bnd--", {.head = line + 2, .line = line - 1}) == refused(line_too_long));
  CHECK(read(one + "--bnd--", {.head = line + 1, .line = line}) == refused(head_too_large));
  CHECK(read(one + "--bnd--", {.head = 0}) == refused(head_too_large));
  CHECK(read(one + "--bnd--", {.line = 0}) == refused(line_too_long));
  CHECK(read("--bnd\r\n" + std::string(9000, 'a')) == refused(line_too_long));
  CHECK(read("--bnd\r\n" + std::string(9000, 'a'), {.line = 9000}) == refused(head_too_large));

  const std::string fields = part(head_a + "\r\nX: 1\r\nX: 2", "1");
  CHECK(read(fields + "--bnd--", {.fields = 3}) == "[a,-,]1;.");
  CHECK(read(fields + "--bnd--", {.fields = 2}) == refused(too_many_fields));

  CHECK(read(one + "--bnd--", {.text = 5}) == "[a,-,]12345;.");
  CHECK(read(one + "--bnd--", {.text = 4}) == "[a,-,]" + refused(text_too_large));
  CHECK(read(file + "--bnd--", {.text = 4}) == "[a,f,]12345;.");
  CHECK(read(file + "--bnd--", {.part = 5}) == "[a,f,]12345;.");
  CHECK(read(file + "--bnd--", {.part = 4}) == "[a,f,]" + refused(part_too_large));
  CHECK(read(one + "--bnd--", {.text = 9, .part = 4}) == "[a,-,]" + refused(part_too_large));
  CHECK(read(part(head_a, "\r\n--bn") + "--bnd--", {.text = 5}) == "[a,-,]" + refused(text_too_large));
  CHECK(status_of(text_too_large) == Status::content_too_large);
}

TEST_CASE("content is handed on in the pieces that came", "[wire][multipart]") {
  MultipartParser parser(MultipartBoundary::from_text("bnd").value());
  const std::string begin = "--bnd\r\n" + head_a + "\r\n\r\n";
  CHECK(parser.next(begin).event == Event::part_begin);
  const std::string content = "two\r\nlines\r\n--bn and more";
  const MultipartParser::Step step = parser.next(content);
  CHECK(step.event == Event::data);
  CHECK(step.data.data() == content.data());
  CHECK(step.data == content);
  CHECK(parser.next({}).event == Event::more);
  CHECK(parser.next("\r\n--bnd").event == Event::part_end);
  CHECK(parser.next("--").event == Event::end);
  CHECK(parser.done());
  CHECK(parser.next("--").event == Event::failed);
  CHECK(parser.next("\r\n").event == Event::failed);
}

TEST_CASE("a parser that has failed is not done", "[wire][multipart]") {
  MultipartParser parser(MultipartBoundary::from_text("bnd").value());
  CHECK(parser.next("--bnd-x").event == Event::failed);
  CHECK_FALSE(parser.done());
  CHECK(parser.end() == MultipartError::bad_delimiter);
  CHECK_FALSE(parser.done());
}
