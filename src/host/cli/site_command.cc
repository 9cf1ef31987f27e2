#include <ostream>
#include <vector>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/serve/embedded_files.h"
#include "host/serve/site_content.h"
#include "host/serve/site_writer.h"

namespace rigwise {
namespace {

Error no_page() {
  return {ErrorCode::io,
          "this binary was built without the dashboard",
          {},
          "with Node 20.19 or newer: script/web build, then build rigwise again (script/run site does both)",
          {}};
}

/// The files, with the block at the end of the page; `page` holds the bytes of what is new.
std::vector<EmbeddedFile> with_block(std::span<const EmbeddedFile> files, std::string_view block, std::string& page) {
  std::vector<EmbeddedFile> with(files.begin(), files.end());
  for (EmbeddedFile& file : with) {
    if (!file.path.ends_with(".html")) continue;
    page = with_content(file.bytes, block);
    file.bytes = page;
    break;
  }
  return with;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const bool single = args.has("--single-file");
  const std::span<const EmbeddedFile> files = single ? embedded_single() : embedded_site();
  const std::vector<std::string> folders = args.list("OUT_DIR");
  if (folders.size() != 1) {
    return console.print_error({ErrorCode::invalid_input,
                                folders.empty() ? "no folder is named" : "more than one folder is named",
                                "OUT_DIR",
                                "rigwise site out",
                                {}});
  }
  if (files.empty()) return console.print_error(no_page());
  const std::string& folder = folders.front();
  std::vector<EmbeddedFile> with(files.begin(), files.end());
  std::string page_with_content;
  if (const auto content = args.text("--content")) {
    const Result<std::string> block = content_block(*content);
    if (!block) return console.print_error(block.error());
    with = with_block(files, *block, page_with_content);
  }
  const Result<SiteWritten> written = write_site(folder, with, args.has("--force"));
  if (!written) return console.print_error(written.error());
  const std::string page = folder + (folder.ends_with('/') ? "" : "/") +
                           std::string(single ? files.front().path : std::string_view("index.html"));
  if (console.format == OutputFormat::json) {
    *console.out << Json{{"schema", "rigwise.site/1"},
                         {"page", page},
                         {"files", written->files},
                         {"bytes", written->bytes},
                         {"kept_as", written->kept_as.empty() ? Json(nullptr) : Json(written->kept_as)}}
                        .dump(2)
                 << '\n';
    return 0;
  }
  *console.out << written->files << (written->files == 1 ? " file, " : " files, ")
               << significant(static_cast<double>(written->bytes) / 1e6, 3) << " MB: " << page << '\n';
  if (!written->kept_as.empty()) *console.out << "what was there is now " << written->kept_as << '\n';
  *console.out << (single ? "open it in a browser; it needs no server and no network\n"
                          : "any web server can serve it; it needs no other\n");
  return 0;
}

}  // namespace

const CommandSpec& site_command() {
  static const CommandSpec kSpec = {
      "site",
      "the dashboard as static files, or as one file that works offline",
      "site public\n  rigwise site out --single-file --content texts",
      {{"OUT_DIR", "", ArgType::list, "OUT_DIR", "folder to write; replaced when it holds an earlier site"},
       {"--single-file", "", ArgType::flag, "", "one HTML file with everything in it"},
       {"--content", "", ArgType::text, "DIR",
        "pages of your own: its Markdown files, as faq.md, timeline.md, contact.md"},
       {"--force", "", ArgType::flag, "", "write where other files are; they are kept as OUT_DIR.before"}},
      run};
  return kSpec;
}

}  // namespace rigwise
