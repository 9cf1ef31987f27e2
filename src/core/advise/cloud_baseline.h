#pragma once

#include "core/advise/advise.h"

namespace rigwise {

/// The cheapest way to get every task done without a machine, always costed: per task the cheapest API whose model is
/// of the task's class and not below the wanted quality, and the cheapest seat of a subscription for everybody.
CloudBaseline cloud_baseline(const Catalog& catalog, const Brief& brief);

/// "gpt-oss-120b at deepinfra (0.04 / 0.19 USD per million tokens in / out, 2026-07-02); ..."
std::string cloud_words(const CloudBaseline& cloud);

/// What it means beside the best machine (null: none), in one or two sentences.
std::string cloud_verdict(const CloudBaseline& cloud, const Brief& brief, const Option* best);

}  // namespace rigwise
