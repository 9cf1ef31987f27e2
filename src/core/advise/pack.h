#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/advise/pack_search.h"
#include "core/advise/score_book.h"
#include "core/facts/setup.h"
#include "core/perf/calibration.h"
#include "core/perf/predict.h"

namespace rigwise {

/// A model that should stay loaded.
struct PackModel {
  const Llm* model = nullptr;
  const Format* format = nullptr;
  const Engine* engine = nullptr;  ///< null: the best known where it stands
  std::string backend;
  std::optional<Split> split;  ///< over several devices; absent: the engine's habit
  int streams = 1;
  double context_tokens = 8192;  ///< of each stream
  double duty = 1;               ///< share of the time it works
  bool pinned = false;
  std::vector<int> on;      ///< devices it may stand on, by number; empty: any
  bool on_exactly = false;  ///< on all of them together, not on some
};

/// Something beside the models: memory, no text quality.
struct PackService {
  std::string name;
  double bytes = 0;
  double duty = 0;
  bool pinned = false;
  std::vector<int> on;
};

/// A category of the work and its share.
struct MixShare {
  std::string category;
  double share = 0;
};

struct PackQuestion {
  Setup setup;
  std::vector<PackModel> models;
  std::vector<PackService> services;
  double reserve_bytes = 0;        ///< kept from the models on every device, what its default set-up keeps included
  double storage_bytes_per_s = 0;  ///< of the disk models are loaded from, where a device does not state it
  std::vector<MixShare> mix;       ///< adds up to 1; empty: one kind of work
  const ScoreBook* scores = nullptr;
  double level = 0.8;
};

/// A device of the set-up, its own memory divided.
struct PackedDevice {
  const Device* device = nullptr;
  double capacity = 0, available = 0;  ///< bytes; available: to models and services
  double weights = 0, kv_cache = 0, compute = 0, runtime = 0, services = 0;
  double probability = 1;  ///< that what stands on it fits
  std::vector<std::string> holds;
  double free() const { return available - weights - kv_cache - compute - runtime - services; }
};

/// A change that lets in what was left out, everything else staying.
struct PackRemedy {
  std::string kind;  ///< quant context_tokens streams lighter unload
  const Format* format = nullptr;
  double context_tokens = 0;
  int streams = 0;
  std::vector<std::string> unload;
  double total_bytes = 0;
  std::vector<int> devices;
};

/// One change to all models after which everything stays loaded.
struct PackTogether {
  std::string kind;                                            ///< context_tokens streams quant
  double context_tokens = 0;                                   ///< of every model at most
  int streams = 0;                                             ///< of every model at most
  std::vector<std::pair<std::size_t, const Format*>> formats;  ///< model asked, its lighter format
};

/// Quality of a model in a category, its format's loss included.
struct PackQuality {
  double value = 0;
  bool is_known = true;                ///< false: nobody scored it; as the lowest of the others, less a rank
  std::optional<CategoryScore> score;  ///< where somebody did
};

struct PackedModel {
  std::size_t asked = 0;  ///< index in the question
  bool is_loaded = false;
  std::vector<int> devices;
  std::vector<double> bytes;  ///< by device
  MemoryNeed need;
  std::optional<Prediction> alone;  ///< where it stands, or where it would run fastest by itself
  double slowdown = 1;              ///< while the others work
  std::vector<std::string> shares_with;
  std::vector<PackQuality> quality;  ///< by category
  double load_s = 0;
  bool storage_is_assumed = false;
  std::string why;  ///< left out: why
  std::optional<double> missing_bytes;
  std::vector<PackRemedy> remedies;
};

struct PackedService {
  std::size_t asked = 0;
  int device = -1;  ///< -1: left out
  std::string why;
  std::optional<double> missing_bytes;
};

struct PackAnswer {
  std::vector<PackedDevice> devices;
  std::vector<PackedModel> models;
  std::vector<PackedService> services;
  Packing packing;
  std::vector<PackTogether> together;  ///< where not everything is loaded: what would change that
  bool all_loaded() const;
};

/// Devices of a set-up one by one, in its order: what `on` numbers from 0.
std::vector<const Device*> devices_of(const Setup& setup);

inline constexpr std::size_t kMostPackedDevices = 16, kMostPackedItems = 24;

/// Chooses which models stay loaded where (best_packing says by which rule) and what each gets there.
///
/// Groups of devices: with up to four devices every set of them; with more, aligned blocks of 2, 4, 8, 16 like devices,
/// each part whole, and all together. Layers that an engine deals out are dealt so that free memory stays even; tensor
/// parallel puts the same on each device. Models are whole: nothing is offloaded to a host's RAM.
///
/// Takes  at most kMostPackedDevices devices and kMostPackedItems models and services.
/// Holds  speeds at a half-full context with all the model's own streams busy; alone, and with the others at work for
///        their duty, each getting its turn.
PackAnswer pack(const Catalog& catalog, const Calibration& calibration, const PackQuestion& question);

}  // namespace rigwise
