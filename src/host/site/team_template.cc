#include "host/site/team_template.h"

#include <array>
#include <filesystem>

#include "host/files/files.h"

namespace rigwise {
namespace {

struct TemplateFile {
  const char *name, *text;
};

constexpr const char* kSiteToml = R"toml(# A team's page: rigwise site OUT --content THIS_FOLDER
title = "Our own machine"
lead = "What we tested, what it costs us, and how to join."
who = "Four neighbours"
contact = "mailto:us@example.org"
currency = "USD"
# as_of = 2026-06-30          # prices as of a day; without it the catalog's newest

# What the page shows, in this order: parts below, and Markdown files of this folder.
parts = ["about.md", "leaderboard", "speed", "costs", "setups", "faq", "timeline", "invitation"]

[leaderboard]
scores = "seed-003-tasks"     # published scores of the catalog; --store URL adds your own evaluation
seconds = "seed-003-seconds"
runs_on = ["mac studio m4 max 128gb", "rtx 4090"]

[speed]                       # --runs FOLDER adds what `rigwise bench --save` kept
# machine = "mac studio m4 max 128gb"

[[speed.run]]
measurement = "s3-5-1"        # a row of the catalog; or file = "bench.json" with machine = "..."

[costs]
volumes = [20e6, 100e6, 500e6]

[costs.plan]                  # the keys of `rigwise cost`
setup = "mac studio m4 max 128gb"
model = "qwen3-30b-a3b"
usage = { tokens_per_month = 100e6, input_share = 0.7, hours_per_day = 8 }
horizon_months = 36
api_models = ["gpt-oss-120b"]
split_people = 4

[setups]                      # compared side by side
machines = ["mac studio m4 max 128gb", "rtx 4090"]
models = ["gpt-oss-20b", "qwen3-30b-a3b"]

[[setups.option]]             # what stays loaded together
title = "Two models, always hot"
machine = "mac studio m4 max 128gb"
models = ["gpt-oss-120b", "gpt-oss-20b"]
text = "The large one for hard questions, the small one for the rest."

[faq]
text = "questions.md"

[[timeline.step]]
when = "2026-03/2026-04"
title = "Decide"
status = "done"
text = "Ask models our own tasks, and compare machines."

[[timeline.step]]
when = "2026-06"
title = "Buy"
status = "planned"
text = "One machine, four ways."

[invitation]
title = "Join us"
text = "join.md"

[[invitation.call]]
label = "Get in touch"
link = "mailto:us@example.org"
)toml";

constexpr const char* kAboutText = R"md(# Why

We pay for tokens and meet limits. So we asked what a machine of our own could do: see [the scores](#leaderboard) and [the costs](#costs).

Pictures lie in this folder too: `![our machine](machine.jpg)`.
)md";

constexpr const char* kQuestionsText = R"md(# Questions

## How far are the scores to be trusted?
They rank models by tasks; a few tasks say little of one kind of work.

## Is what I ask private?
It stays on the machine. Who may read its logs should be said here.

## What if I have other tasks?
Send us one: [get in touch](#invitation).
)md";

constexpr const char* kJoinText = R"md(What a share costs stands [above](#costs). You need nothing but a browser.
)md";

constexpr std::array<TemplateFile, 4> kTemplate = {
    {{"site.toml", kSiteToml}, {"about.md", kAboutText}, {"questions.md", kQuestionsText}, {"join.md", kJoinText}}};

}  // namespace

Result<std::vector<std::string>> write_team_template(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> written;
  for (const TemplateFile& file : kTemplate) {
    std::error_code fault;
    if (fs::exists(fs::path(folder) / file.name, fault)) {
      return invalid("\"" + folder + "\" has a " + file.name + " already", folder, "a new folder");
    }
  }
  if (const Result<void> made = make_folder(folder); !made) return fail(made.error());
  for (const TemplateFile& file : kTemplate) {
    const Result<void> done = write_file_atomically((fs::path(folder) / file.name).string(), file.text);
    if (!done) return fail(done.error());
    written.emplace_back(file.name);
  }
  return written;
}

}  // namespace rigwise
