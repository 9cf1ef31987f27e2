#include "host/site/markdown_text.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "codec/html_writer.h"

namespace rigwise {
namespace {

struct NodeFreer {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct ParserFreer {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};

std::unique_ptr<cmark_node, NodeFreer> parsed_markdown(std::string_view text) {
  cmark_gfm_core_extensions_ensure_registered();
  const std::unique_ptr<cmark_parser, ParserFreer> parser(cmark_parser_new(CMARK_OPT_VALIDATE_UTF8));
  for (const char* extension : {"table", "strikethrough"}) {
    cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension(extension));
  }
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return std::unique_ptr<cmark_node, NodeFreer>(cmark_parser_finish(parser.get()));
}

std::string literal_of(cmark_node* node) {
  const char* literal = cmark_node_get_literal(node);
  return literal != nullptr ? literal : "";
}

/// The words of a node, without their marks.
std::string words_of(cmark_node* node) {
  const cmark_node_type type = cmark_node_get_type(node);
  if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) return literal_of(node);
  if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) return " ";
  std::string words;
  for (cmark_node* child = cmark_node_first_child(node); child != nullptr; child = cmark_node_next(child)) {
    words += words_of(child);
  }
  return words;
}

bool is_comment(const std::string& html) {
  const std::size_t end = html.find("-->");
  return html.starts_with("<!--") && end != std::string::npos &&
         html.find_first_not_of(" \t\r\n", end + 3) == std::string::npos;
}

/// Writes nodes as elements; the first fault ends it.
class NodeWriter {
 public:
  NodeWriter(std::string file, int first_line, std::string prefix, const MarkdownTargets& targets)
      : file_(std::move(file)), first_line_(first_line), prefix_(std::move(prefix)), targets_(&targets) {}

  std::optional<Error> fault;
  std::vector<std::string> anchors;

  std::string where(cmark_node* node) const {
    int line = 0;
    for (cmark_node* at = node; at != nullptr && line == 0; at = cmark_node_parent(at)) {
      line = cmark_node_get_start_line(at);
    }
    return place_in_file(file_, first_line_ + std::max(line, 1) - 1);
  }

  /// The anchor of a heading; one more of the same name gets a number.
  std::string new_anchor(cmark_node* heading) {
    const std::string name = prefix_ + "-" + anchor_words(words_of(heading));
    std::string anchor = name;
    for (int again = 2; std::find(anchors.begin(), anchors.end(), anchor) != anchors.end(); ++again) {
      anchor = name + "-" + std::to_string(again);
    }
    anchors.push_back(anchor);
    return anchor;
  }

  void write_children(HtmlWriter& html, cmark_node* node) {
    for (cmark_node* child = cmark_node_first_child(node); child != nullptr && !fault; child = cmark_node_next(child)) {
      write(html, child);
    }
  }

  void write(HtmlWriter& html, cmark_node* node) {
    const std::string_view type = cmark_node_get_type_string(node);
    if (type == "text") {
      html.text(literal_of(node));
    } else if (type == "softbreak") {
      html.text("\n");
    } else if (type == "linebreak") {
      html.empty("br");
    } else if (type == "thematic_break") {
      html.empty("hr");
    } else if (type == "code") {
      html.element("code", literal_of(node));
    } else if (type == "code_block") {
      html.open("pre", {{"tabindex", "0"}}).element("code", literal_of(node)).close();
    } else if (type == "html_block" || type == "html_inline") {
      refuse_html(node);
    } else if (type == "link" || type == "image") {
      write_target(html, node, type == "image");
    } else if (type == "heading") {
      const int level = std::clamp(cmark_node_get_heading_level(node) + 1, 3, 6);
      html.open("h" + std::to_string(level), {{"id", new_anchor(node)}});
      write_children(html, node);
      html.close();
    } else if (type == "list") {
      write_list_node(html, node);
    } else if (type == "paragraph" && is_tight(node)) {
      write_children(html, node);
    } else if (type == "table") {
      write_table_node(html, node);
    } else {
      write_as(html, node, element_of(type));
    }
  }

 private:
  static const char* element_of(std::string_view type) {
    if (type == "emph") return "em";
    if (type == "strong") return "strong";
    if (type == "strikethrough") return "del";
    if (type == "block_quote") return "blockquote";
    return type == "item" ? "li" : "p";
  }

  void write_as(HtmlWriter& html, cmark_node* node, const char* element) {
    html.open(element);
    write_children(html, node);
    html.close();
  }

  static bool is_tight(cmark_node* paragraph) {
    cmark_node* item = cmark_node_parent(paragraph);
    cmark_node* list = item != nullptr ? cmark_node_parent(item) : nullptr;
    return list != nullptr && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list) != 0;
  }

  void write_list_node(HtmlWriter& html, cmark_node* node) {
    const bool is_ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    const int start = cmark_node_get_list_start(node);
    HtmlAttributes attributes;
    if (is_ordered && start != 1) attributes.push_back({"start", std::to_string(start)});
    html.open(is_ordered ? "ol" : "ul", attributes);
    write_children(html, node);
    html.close();
  }

  void write_table_node(HtmlWriter& html, cmark_node* table) {
    const std::uint8_t* alignments = cmark_gfm_extensions_get_table_alignments(table);
    html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "table"}});
    html.open("table");
    bool is_head = true;
    for (cmark_node* row = cmark_node_first_child(table); row != nullptr && !fault; row = cmark_node_next(row)) {
      html.open(is_head ? "thead" : "tbody").open("tr");
      int column = 0;
      for (cmark_node* cell = cmark_node_first_child(row); cell != nullptr; cell = cmark_node_next(cell)) {
        HtmlAttributes attributes;
        if (is_head) attributes.push_back({"scope", "col"});
        if (alignments[column++] == 'r') attributes.push_back({"class", "num"});
        html.open(is_head ? "th" : "td", attributes);
        write_children(html, cell);
        html.close();
      }
      html.close().close();
      is_head = false;
    }
    html.close().close();
  }

  void refuse_html(cmark_node* node) {
    const std::string literal = literal_of(node);
    if (is_comment(literal)) return;
    const std::string start = literal.substr(0, std::min<std::size_t>(literal.find('\n'), 40));
    fault = Error{ErrorCode::invalid_input,
                  "HTML is not taken over: \"" + start + "\"",
                  where(node),
                  "Markdown; a < that is meant as text as \\<",
                  {}};
  }

  void write_target(HtmlWriter& html, cmark_node* node, bool is_image) {
    const char* url = cmark_node_get_url(node);
    const auto& rule = is_image ? targets_->image : targets_->link;
    const Result<std::string> target = rule(url != nullptr ? url : "", where(node));
    if (!target) {
      fault = target.error();
    } else if (is_image) {
      html.empty("img", {{"src", *target}, {"alt", words_of(node)}});
    } else {
      HtmlAttributes attributes = {{"href", *target}};
      if (!target->starts_with("#")) attributes.push_back({"rel", "noopener noreferrer"});
      html.open("a", attributes);
      write_children(html, node);
      html.close();
    }
  }

  std::string file_;
  int first_line_;
  std::string prefix_;
  const MarkdownTargets* targets_;
};

}  // namespace

std::string place_in_file(const std::string& file, int line) { return file + ":" + std::to_string(line); }

std::string anchor_words(std::string_view words) {
  std::string anchor;
  for (const char c : words) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (is_upper || is_kept) {
      anchor += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!anchor.empty() && anchor.back() != '-') {
      anchor += '-';
    }
  }
  while (anchor.ends_with('-')) anchor.pop_back();
  return anchor.empty() ? "part" : anchor;
}

Result<MarkdownText> read_markdown_text(std::string_view text, const std::string& file, int first_line,
                                        const std::string& prefix, const MarkdownTargets& targets) {
  const auto root = parsed_markdown(text);
  NodeWriter writer(file, first_line, prefix, targets);
  MarkdownText read;
  HtmlWriter html;
  const auto end_part = [&] { (read.parts.empty() ? read.intro : read.parts.back().html) = html.take(); };
  for (cmark_node* node = cmark_node_first_child(root.get()); node != nullptr; node = cmark_node_next(node)) {
    const int level = cmark_node_get_type(node) == CMARK_NODE_HEADING ? cmark_node_get_heading_level(node) : 0;
    if (level == 1) {
      if (!read.title.empty()) {
        return invalid("a second heading of the first level", writer.where(node), "## for the headings below it");
      }
      read.title = words_of(node);
    } else if (level == 2) {
      end_part();
      read.parts.push_back({words_of(node), writer.new_anchor(node), {}});
    } else {
      writer.write(html, node);
    }
    if (writer.fault) return fail(*writer.fault);
  }
  end_part();
  read.anchors = std::move(writer.anchors);
  return read;
}

}  // namespace rigwise
