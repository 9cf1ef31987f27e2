#pragma once

// A market small enough to think through: two cards, two quiet machines, a laptop, a part no longer made; three models.

#include <string>

#include "core/facts/catalog.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise::market {

inline Device card(const char* id, double capacity_gib, double bandwidth, double watts, double usd, const char* kind) {
  Device d = shapes::device(id, capacity_gib, 0.94);
  d.name = id;
  d.vendor = "NVIDIA";
  d.family = "nvidia-ada";
  d.arch = "Ada";
  d.memory_bandwidth = gbps(bandwidth);
  d.fp16_peak = tflops(150);
  d.fp8_peak = tflops(300);
  d.gpu_cores = 12000;
  d.pcie = "4.0x16";
  d.power_max = Watts{watts};
  d.power_idle = Watts{15};
  d.price_scope = "card";
  d.os = {"linux", "windows"};
  d.quotes = {{usd, "USD", kind, "2026-09"}};
  return d;
}

inline Device machine(const char* id, double capacity_gib, double bandwidth, double watts, double usd) {
  Device d = shapes::unified(id, capacity_gib, 0.75, Processor::igpu);
  d.name = id;
  d.vendor = "Framework";
  d.family = "amd-rdna3.5";
  d.memory_bandwidth = gbps(bandwidth);
  d.fp16_peak = tflops(59);
  d.gpu_cores = 2560;
  d.power_max = Watts{watts};
  d.power_idle = Watts{10};
  d.noise_class = NoiseClass::quiet;
  d.form_factor = "mini desktop";
  d.price_scope = "machine";
  d.os = {"linux", "windows"};
  d.quotes = {{usd, "USD", "street", "2026-09"}};
  return d;
}

inline Llm named(Llm model, const char* name, double params_b, double active_b, LlmKind kind) {
  model.name = name;
  model.params_total = params_b * 1e9;
  model.params_active = active_b * 1e9;
  model.kind = kind;
  return model;
}

inline ModelClass model_class(const char* id, std::vector<std::string> members) {
  ModelClass c;
  c.id = c.name = id;
  c.members = std::move(members);
  return c;
}

inline HostTemplate host(const char* id, int cards, double supply_w, double usd) {
  HostTemplate h;
  h.id = h.name = id;
  h.max_cards = cards;
  h.power_supply_w = supply_w;
  h.idle = Watts{45};
  h.load = Watts{120};
  h.noise_class = NoiseClass::quiet;
  h.quotes = {{usd, "USD", "list", "2026-09"}};
  return h;
}

inline ApiPrice api(const char* provider, const char* model, double in, double out) {
  ApiPrice p;
  p.provider = provider;
  p.model = p.model_id = model;
  p.input_usd_per_mtok = in;
  p.output_usd_per_mtok = out;
  p.date = "2026-07-02";
  return p;
}

inline Format gguf(Format f, const char* name) {
  f.name = name;
  f.containers = {"gguf"};
  f.engines = {"llama.cpp"};
  return f;
}

inline Catalog catalog() {
  Catalog c;
  c.as_of = "2026-11-21";
  Device old = card("old-card", 24, 936, 350, 1499, "msrp_launch");
  old.status = DeviceStatus::discontinued;
  Device laptop = machine("laptop", 64, 256, 90, 2800);
  laptop.kind = DeviceKind::laptop;
  laptop.portable = true;
  laptop.noise_class = NoiseClass::audible;
  Device unpriced = card("unpriced-card", 48, 900, 300, 1, "street");
  unpriced.quotes.clear();
  c.devices = {card("small-card", 16, 448, 180, 450, "street"),
               card("big-card", 24, 1008, 450, 1600, "street"),
               machine("mini-128", 128, 256, 140, 2000),
               machine("mini-64", 64, 256, 140, 1500),
               laptop,
               old,
               unpriced};
  c.models = {named(shapes::llama_3_1_70b(), "Llama 70B", 70.6, 70.6, LlmKind::dense),
              named(shapes::qwen3_30b_a3b(), "Qwen3 30B", 30.5, 3.3, LlmKind::moe),
              named(shapes::qwen3_8b(), "Qwen3 8B", 8.2, 8.2, LlmKind::dense)};
  c.formats = {gguf(shapes::q8_0(), "Q8_0"), gguf(shapes::q4_k_m(), "Q4_K_M")};
  Engine engine = shapes::llama_cpp();
  engine.backends = {"cuda", "rocm", "vulkan", "metal", "cpu"};
  c.engines = {engine};
  c.hosts = {host("one-card", 1, 850, 900), host("four-cards", 4, 2400, 2500)};
  c.classes = {model_class("coding", {"llama-3.1-70b", "qwen3-30b-a3b", "qwen3-8b"}),
               model_class("fast", {"qwen3-30b-a3b", "qwen3-8b"})};
  Role admin;
  admin.id = admin.name = "admin";
  admin.model_class = "fast";
  admin.requests_per_hour = 6;
  admin.burst_factor = 2;
  admin.prompt_tokens = 900;
  admin.output_tokens = 350;
  c.roles = {admin};
  c.api_prices = {api("dear", "qwen3-30b-a3b", 0.5, 2), api("cheap", "qwen3-30b-a3b", 0.1, 0.4),
                  api("free", "qwen3-30b-a3b", 0, 0)};
  ExchangeRate chf;
  chf.date = "2026-07";
  chf.currency = "CHF";
  chf.per_usd = 0.8;
  c.rates = {chf};
  c.index_names();
  return c;
}

}  // namespace rigwise::market
