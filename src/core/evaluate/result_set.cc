#include "core/evaluate/result_set.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/base/text.h"

namespace rigwise {
namespace {

auto place(const EvaluatedAnswer& a) { return std::tie(a.task, a.model, a.sample); }

template <class T>
void order_by_id(std::vector<T>& list) {
  std::stable_sort(list.begin(), list.end(), [](const T& a, const T& b) { return a.id < b.id; });
  list.erase(std::unique(list.begin(), list.end(), [](const T& a, const T& b) { return a.id == b.id; }), list.end());
}

template <class T>
void append(std::vector<T>& list, std::vector<T>& more) {
  std::move(more.begin(), more.end(), std::back_inserter(list));
}

/// Tasks whose revision differs between the sets, with the last set's.
std::map<std::string, std::string> changed_tasks(const std::vector<ResultSet>& sets) {
  std::map<std::string, std::set<std::string>> revisions;
  std::map<std::string, std::string> last;
  for (const ResultSet& set : sets) {
    for (const EvaluatedTask& task : set.tasks) {
      revisions[task.id].insert(task.rev);
      last[task.id] = task.rev;
    }
  }
  std::erase_if(last, [&](const auto& entry) { return revisions[entry.first].size() < 2; });
  return last;
}

/// Takes answers to old revisions of tasks out of a set, and says so.
void drop_old_revisions(const std::map<std::string, std::string>& changed, ResultSet& set) {
  std::set<std::string> old;
  for (const EvaluatedTask& task : set.tasks) {
    const auto at = changed.find(task.id);
    if (at != changed.end() && at->second != task.rev) old.insert(task.id);
  }
  if (old.empty()) return;
  std::erase_if(set.tasks, [&](const EvaluatedTask& task) { return old.contains(task.id); });
  std::erase_if(set.answers, [&](const EvaluatedAnswer& answer) { return old.contains(answer.task); });
  for (const std::string& id : old) {
    set.excluded.push_back({"task", id, "answers to an older revision, of run " + set.run.label});
  }
}

/// Ids of the runs that a set was joined from.
std::set<std::string> runs_of(const ResultSet& set) {
  std::set<std::string> runs;
  for (const std::string_view id : split(set.run.id, '+')) {
    if (!id.empty()) runs.emplace(id);
  }
  return runs;
}

/// Whether all that a set holds stands in another one.
bool is_within(const ResultSet& set, const ResultSet& other) {
  const std::set<std::string> runs = runs_of(set), others = runs_of(other);
  if (runs.empty() || !std::includes(others.begin(), others.end(), runs.begin(), runs.end())) return false;
  if (others.size() > 1) return true;
  return set.run.started == other.run.started && set.run.host == other.run.host;
}

std::size_t known_facts(const ResultSet& set) {
  std::size_t facts = set.answers.size();
  for (const EvaluatedAnswer& answer : set.answers) facts += answer.judgements.size() + (answer.review ? 1 : 0);
  return facts;
}

/// Whether another of the sets says what this one does, and more, or came first.
bool is_repeat(const std::vector<ResultSet>& sets, std::size_t i) {
  for (std::size_t j = 0; j < sets.size(); ++j) {
    if (j == i || !is_within(sets[i], sets[j])) continue;
    if (!is_within(sets[j], sets[i])) return true;
    const std::size_t mine = known_facts(sets[i]), theirs = known_facts(sets[j]);
    if (theirs > mine || (theirs == mine && j < i)) return true;
  }
  return false;
}

/// Takes repeats out of the sets and lists them.
std::vector<ExcludedItem> drop_repeats(std::vector<ResultSet>& sets) {
  std::vector<ExcludedItem> dropped;
  std::vector<ResultSet> kept;
  kept.reserve(sets.size());
  std::vector<bool> repeats;
  for (std::size_t i = 0; i < sets.size(); ++i) repeats.push_back(is_repeat(sets, i));
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (repeats[i]) {
      dropped.push_back({"run", sets[i].run.id, "its results were given twice, and count once"});
    } else {
      kept.push_back(std::move(sets[i]));
    }
  }
  sets = std::move(kept);
  return dropped;
}

}  // namespace

std::optional<std::string> run_in_two_sets(const std::vector<ResultSet>& sets) {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const std::set<std::string> runs = runs_of(sets[i]);
    for (std::size_t j = i + 1; j < sets.size(); ++j) {
      const std::set<std::string> others = runs_of(sets[j]);
      if (runs == others || is_within(sets[i], sets[j]) || is_within(sets[j], sets[i])) continue;
      for (const std::string& run : runs) {
        if (others.contains(run)) return run;
      }
    }
  }
  return std::nullopt;
}

void put_in_order(ResultSet& results) {
  order_by_id(results.models);
  order_by_id(results.tasks);
  std::vector<EvaluatedAnswer>& answers = results.answers;
  const auto before = [](const EvaluatedAnswer& a, const EvaluatedAnswer& b) { return place(a) < place(b); };
  if (!std::is_sorted(answers.begin(), answers.end(), before)) std::stable_sort(answers.begin(), answers.end(), before);
  answers.erase(std::unique(answers.begin(), answers.end(),
                            [](const EvaluatedAnswer& a, const EvaluatedAnswer& b) { return place(a) == place(b); }),
                answers.end());
  for (EvaluatedAnswer& answer : answers) {
    std::stable_sort(answer.judgements.begin(), answer.judgements.end(),
                     [](const JudgeOpinion& a, const JudgeOpinion& b) {
                       return std::tie(a.judge, a.repeat) < std::tie(b.judge, b.repeat);
                     });
  }
  std::sort(results.canaries.begin(), results.canaries.end(), [](const CanaryCount& a, const CanaryCount& b) {
    return std::tie(a.judge, a.kind) < std::tie(b.judge, b.kind);
  });
  std::sort(results.excluded.begin(), results.excluded.end(), [](const ExcludedItem& a, const ExcludedItem& b) {
    return std::tie(a.what, a.id, a.reason) < std::tie(b.what, b.id, b.reason);
  });
  std::sort(results.run.settings.begin(), results.run.settings.end());
}

ResultSet joined(std::vector<ResultSet> sets) {
  ResultSet all;
  all.excluded = drop_repeats(sets);
  if (sets.empty()) return all;
  const auto changed = changed_tasks(sets);
  all.run = sets.front().run;
  all.money.currency = sets.front().money.currency;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    ResultSet& set = sets[i];
    drop_old_revisions(changed, set);
    if (i > 0) {
      all.run.id += "+" + set.run.id;
      all.run.label += " + " + set.run.label;
      all.run.is_demo = all.run.is_demo || set.run.is_demo;
      if (all.run.task_set != set.run.task_set) all.run.task_set += "+" + set.run.task_set;
    }
    append(all.models, set.models);
    append(all.tasks, set.tasks);
    append(all.answers, set.answers);
    append(all.canaries, set.canaries);
    append(all.excluded, set.excluded);
    all.money.spent_nano += set.money.spent_nano;
    all.money.doubtful_nano += set.money.doubtful_nano;
    all.money.judges_nano += set.money.judges_nano;
  }
  put_in_order(all);
  return all;
}

}  // namespace rigwise
