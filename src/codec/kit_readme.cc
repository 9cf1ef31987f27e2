#include <algorithm>

#include "codec/kit_file.h"
#include "core/base/text.h"
#include "core/deploy/device_pinning.h"
#include "core/deploy/images.h"

namespace rigwise {
namespace {

std::string gb_words(double value) { return significant(value, 3); }

std::string node_words(const KitPlan& plan, int node) {
  const KitNode& machine = plan.nodes[node];
  if (machine.machine != nullptr) return machine.machine->name;
  std::vector<std::string> names;
  names.reserve(machine.devices.size());
  for (const int d : machine.devices) names.push_back(plan.devices[d].device->name);
  return "a host with " + join(names, ", ");
}

std::string row(const std::vector<std::string>& cells) { return "| " + join(cells, " | ") + " |\n"; }

std::string devices_of_process(const KitPlan& plan, const EngineProcess& process) {
  std::vector<std::string> numbers;
  for (const int d : plan.model_of(process).on) numbers.push_back(std::to_string(d));
  return join(numbers, "+");
}

std::string what_runs(const KitPlan& plan) {
  std::string text = "## What runs where\n\n" +
                     row({"service", "model", "engine", "machine", "devices", "port", "streams", "context"}) +
                     row({"---", "---", "---", "---", "---", "---:", "---:", "---:"});
  for (const EngineProcess& process : plan.processes) {
    const PlannedModel& model = plan.model_of(process);
    text += row({"`" + process.name + "`", model.model->name + " " + model.format->name,
                 serving_engine_name(process.engine), plan.node_of(process).name, devices_of_process(plan, process),
                 std::to_string(process.port), std::to_string(model.streams), std::to_string(model.context_tokens)});
  }
  text += "\n";
  for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
    text += "- `" + plan.nodes[node].name + "` is " + node_words(plan, node);
    if (node == plan.gateway) text += "; it also runs the router, the chat page, its database and the proxy";
    if (plan.nodes[node].is_portable && node != plan.gateway && !processes_of(plan, node).empty())
      text += "; it serves its own user, on its own loopback";
    for (const WorkerOf& part : workers_of(plan, node)) text += "; it holds a part of `" + part.process->name + "`";
    text += ".\n";
  }
  text += "\nWhy these engines:\n\n";
  for (const EngineProcess& process : plan.processes) {
    text += "- `" + process.name + "`: " + process.reason + ".";
    for (const std::string& note : process.notes) text += " Note: " + note + ".";
    text += "\n";
  }
  return text + "\n";
}

std::string memory_map(const KitPlan& plan) {
  std::string text = "## Memory, GB\n\n" +
                     row({"device", "has", "kept free", "weights", "KV cache", "buffers", "services", "left"}) +
                     row({"---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"});
  for (std::size_t d = 0; d < plan.devices.size(); ++d) {
    const KitDevice& device = plan.devices[d];
    text += row({std::to_string(d) + " " + device.device->name, gb_words(device.capacity_gb), gb_words(device.kept_gb),
                 gb_words(device.weights_gb), gb_words(device.kv_cache_gb), gb_words(device.buffers_gb),
                 gb_words(device.services_gb), gb_words(device.free_gb)});
  }
  return text + "\n";
}

std::string setting_words(const std::string& name, const std::string& value) { return "`" + name + "=" + value + "`"; }

/// How a process is held to its devices, and how to see that the driver counts as the plan does.
std::string pinning(const KitPlan& plan) {
  std::string lines;
  for (const EngineProcess& process : plan.processes) {
    const DevicePin pin = device_pin(plan, process.devices, plan.model_of(process).backend);
    if (pin.ids.empty()) continue;
    std::vector<std::string> words;
    words.reserve(pin.environment.size());
    for (const auto& [name, value] : pin.environment) words.push_back(setting_words(name, value));
    lines += "- `" + process.name + "`: " + join(words, ", ") +
             (pin.needs_nvidia_runtime ? "; in a container by `device_ids`" : "") + "\n";
  }
  if (lines.empty()) return {};
  return "## Devices\n\nDrivers number devices by their slots, the plan by the set-up's text. Where a machine has "
         "unlike devices, "
         "compare both first (`nvidia-smi -L`, `rocminfo`, `vulkaninfo --summary`) and change the numbers in the start "
         "scripts and in compose.yaml where they differ.\n\n" +
         lines + "\n";
}

std::string band_words(const std::optional<Estimate>& estimate) {
  if (!estimate) return "-";
  const Band& band = estimate->band;
  return significant(band.value, 3) + " (" + significant(band.low, 3) + " to " + significant(band.high, 3) + ")";
}

std::string prediction(const KitPlan& plan) {
  std::string text = "## What the prediction says\n\nPrompts of " + std::to_string(plan.prompt_tokens) +
                     " tokens, answers of " + std::to_string(plan.output_tokens) + ". " +
                     significant(100 * plan.level, 3) + " % of such figures lie in their interval.\n\n" +
                     row({"service", "streams", "tok/s of one stream", "time to first token, s"}) +
                     row({"---", "---:", "---:", "---:"});
  for (const EngineProcess& process : plan.processes) {
    for (const PredictedLevel& level : plan.model_of(process).levels) {
      text += row({"`" + process.name + "`", std::to_string(level.streams), band_words(level.decode),
                   band_words(level.ttft_s)});
    }
  }
  return text +
         "\n`./confirm.sh` measures the same and says measured beside predicted; it needs `rigwise` on the machine. "
         "While "
         "other models work on the same devices, each is slower than this.\n\n";
}

std::string tiers(const KitPlan& plan) {
  if (!plan.has_gateway() || plan.tiers.empty()) return {};
  std::string text = "## Names that people ask for\n\n" + row({"tier", "model", "why"}) + row({"---", "---", "---"});
  for (const RouterTier& tier : plan.tiers)
    text += row({tier.name, "`" + plan.processes[tier.process].name + "`", tier.why});
  text +=
      "\nThe router also knows each model by its own name, and falls back to another tier when one does not answer. "
      "Change `litellm/config.yaml` to give the tiers to other models.\n\n";
  if (plan.groups.empty()) return text;
  text += row({"group", "people", "may ask for"}) + row({"---", "---:", "---"});
  for (const KitGroup& group : plan.groups)
    text += row({group.name, std::to_string(group.people), group.tier + " and below"});
  return text +
         "\n`litellm/make_teams.sh` makes a team, a limit, a budget and a key for each; `open-webui/make_groups.sh` "
         "makes the "
         "groups on the chat page.\n\n";
}

std::string size_words(const ServedPeople& served) {
  if (!served.largest) return "-";
  const Band& band = served.largest->band;
  const std::string size =
      significant(band.value, 3) + " (" + significant(band.low, 3) + " to " + significant(band.high, 3) + ")";
  return served.is_open ? "more than " + significant(band.value, 3) : size;
}

/// Whether the people are more than the machines serve, before anybody waits.
std::string people_served(const KitPlan& plan) {
  if (plan.served.empty()) return {};
  std::string text = "## How many people it serves\n\n" + row({"service", "its people", "serves", "so"}) +
                     row({"---", "---:", "---:", "---"});
  for (const ServedPeople& served : plan.served) {
    text += row({"`" + plan.processes[served.process].name + "`", std::to_string(served.people), size_words(served),
                 served.holds ? "enough" : "**not enough:** " + served.why_not});
  }
  return text +
         "\nFrom `rigwise capacity`: people who ask for the best model they may have, in their busiest hour, with 2 s "
         "to "
         "the first token and 100 ms a token for 95 of 100 requests, while other models on the same devices rest. "
         "Where "
         "more people come than it serves, they wait; no team's limit is above what its engine keeps up with.\n\n";
}

bool has_containers(const KitPlan& plan, int node) {
  if (node == plan.gateway) return true;
  for (const EngineProcess* process : processes_of(plan, node)) {
    if (!process->image.name.empty()) return true;
  }
  return false;
}

bool has_host_parts(const KitPlan& plan, int node) {
  if (!workers_of(plan, node).empty()) return true;
  for (const EngineProcess* process : processes_of(plan, node)) {
    if (process->image.name.empty()) return true;
  }
  return false;
}

std::string worker_name(const EngineProcess& process) {
  return process.name + (process.engine == ServingEngine::vllm ? "-worker" : "-rpc");
}

std::string unit_line(const std::string& kit, const std::string& name) {
  return "sudo cp " + kit + "systemd/rigwise-" + name +
         ".service /etc/systemd/system/ && sudo systemctl enable --now rigwise-" + name + "\n";
}

std::string start_lines(const KitPlan& plan, int node) {
  const std::string folder = plan.folder(node);
  const std::string kit = std::string(kKitFolder) + "/" + folder;
  std::string text;
  if (has_host_parts(plan, node)) {
    if (plan.nodes[node].is_mac) {
      text += "sudo " + kit + "launchd/install.sh\n";
    } else {
      for (const EngineProcess* process : processes_of(plan, node)) {
        if (process->image.name.empty()) text += unit_line(kit, process->name);
      }
      for (const WorkerOf& part : workers_of(plan, node)) text += unit_line(kit, worker_name(*part.process));
      if (has_key_proxy_on_host(plan, node)) text += unit_line(kit, "keys");
    }
  }
  if (has_containers(plan, node)) {
    text += "cd " + kit + " && sudo docker compose" + (plan.has_many_nodes() ? " --env-file ../.env" : "") +
            " up --detach\n";
  }
  return text;
}

bool has_macs(const KitPlan& plan) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(), [](const KitNode& node) { return node.is_mac; });
}

/// Before anything starts: the folder, settings, secrets and weights.
std::string first_steps(const KitPlan& plan) {
  const bool many = plan.has_many_nodes();
  const std::string kit = kKitFolder;
  std::string text =
      "## Order of steps\n\n"
      "1. Copy this folder to `" +
      kit + "`" + (many ? " on every machine" : "") +
      ", readable by the services whatever your umask: `sudo sh -c 'umask 022; mkdir -p " + kit + " && cp -R . " + kit +
      "'`. Everything below runs there.\n"
      "2. `sudo install -m 0644 .env.example .env`, then fill it in. It holds no secret, and the services read it.\n"
      "3. `sudo ./make_secrets.sh`" +
      std::string(many ? " on one machine; copy the folder `secrets` to the others as root, mode 0700" : "") +
      ". Nothing secret is printed; keys and passwords are in `secrets`, readable by root alone.";
  if (has_macs(plan)) {
    text += " On a Mac the services run as a user: there it is that user who makes them (first `sudo chown \"$USER\" " +
            kit + "`, then without sudo)" + (many ? " or owns the copied folder" : "") + ".";
  }
  if (plan.sign_in == PageSignIn::oidc) {
    text +=
        " It asks for the client secret that your sign-in provider gave (or takes it from the file that "
        "`OIDC_SECRET_FILE` names).";
  }
  return text + "\n4. `./get_models.sh" + std::string(many ? " NODE" : "") +
         "` says which weights are missing and brings those whose place is known.\n";
}

std::string steps(const KitPlan& plan) {
  std::string text =
      first_steps(plan) + "5. Start, " +
      std::string(plan.has_many_nodes() ? "workers first, the gateway last" : "engines and what stands before them") +
      ":\n\n";
  for (int pass = 0; pass < 2; ++pass) {
    for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
      if ((node == plan.gateway) != (pass == 1)) continue;
      const std::string lines = start_lines(plan, node);
      if (lines.empty()) continue;
      text += "   On " + plan.nodes[node].name + ":\n\n   ```\n";
      for (const std::string_view line : split(lines, '\n')) {
        if (!line.empty()) text += "   " + std::string(line) + "\n";
      }
      text += "   ```\n\n";
    }
  }
  if (plan.has_gateway()) {
    text +=
        "   Then, once: `sudo " + plan.folder(plan.gateway) +
        "litellm/make_page_key.sh` gives the chat page a key of its own: it may ask for models and manages nothing. "
        "What people ask on the page is booked under that key.\n";
  }
  text +=
      "6. `sudo ./smoke_test.sh` asks every part for a few words and checks that nobody answers without a key.\n"
      "7. `sudo ./confirm.sh` measures, and says measured beside predicted.\n";
  if (plan.has_gateway()) {
    text +=
        "8. Let others in: in `.env` set `SITE_ADDRESS` to the machine's name and `PROXY_ADDRESS` to its address, "
        "start the proxy "
        "again. " +
        std::string(plan.sign_in == PageSignIn::oidc
                        ? "People sign in at your provider and wait until an admin lets them in (Admin, Users). "
                        : "") +
        "The first account of the chat page is `WEBUI_ADMIN_EMAIL` of `secrets/open-webui.env`, with the "
        "password beside it.\n";
  }
  text +=
      "\nWithout Docker: `start/*.sh` are the same commands for the host, `systemd/` (on macs `launchd/`) keeps them "
      "running. "
      "`build_llama_cpp.sh` builds the engine. Router and chat page are Python programs (`python3 -m venv /opt/litellm "
      "&& "
      "/opt/litellm/bin/pip install 'litellm[proxy]'`, the same for open-webui); PostgreSQL with pgvector and Caddy "
      "come from the system; "
      "give Caddy `SITE_ADDRESS` and `TLS_ISSUER`.\n\n";
  return text;
}

std::string doors(const KitPlan& plan) {
  std::string text = "## Who can reach what\n\n";
  if (plan.has_gateway()) {
    text +=
        "- 443 and 80 on `PROXY_ADDRESS` (loopback until you change it): the proxy. Pages need a sign-in" +
        std::string(plan.sign_in == PageSignIn::oidc ? " at your provider" : "") +
        ", `/v1` needs a key.\n"
        "- 4000 on the gateway's loopback: the router with its administration. 5432 on no host port: the database.\n";
  }
  for (const EngineProcess& process : plan.processes) {
    const bool by_link = is_reached_by_link(plan, process) && !needs_key_proxy(plan, process);
    text += "- " + std::to_string(process.port) + " on " + plan.node_of(process).name +
            (by_link ? ", at its address on the private link" : "'s loopback") + ": `" + process.name + "`, " +
            (checks_key(process.engine) ? "with the key of `secrets/engine_api_key`" : "which asks for no key") + ".\n";
    if (needs_key_proxy(plan, process)) {
      text += "- " + std::to_string(process.port + kKeyedPortStep) + " on " + plan.node_of(process).name +
              ", at its address on the private link: the same behind a proxy that asks for the key.\n";
    }
    for (const EngineWorker& worker : process.workers) {
      const bool rpc = process.engine == ServingEngine::llama_server;
      text += "- " + std::string(rpc ? "50052" : "ports of vLLM's own choice") + " on " + plan.nodes[worker.node].name +
              ", at its address on the private link: a part of `" + process.name +
              "` **without any authentication**. Whoever reaches it can run code there: keep the link to yourselves.\n";
    }
  }
  return text + "\n";
}

std::string images(const KitPlan& plan) {
  std::vector<ContainerImage> list;
  if (plan.has_gateway()) list = {litellm_image(), open_webui_image(), pgvector_image(), caddy_image()};
  for (const EngineProcess& process : plan.processes) {
    bool known = process.image.name.empty();
    for (const ContainerImage& image : list) known = known || image.name == process.image.name;
    if (!known) list.push_back(process.image);
  }
  if (list.empty()) return {};
  std::string text = "## Images\n\n" + row({"image", "how its tag is known"}) + row({"---", "---"});
  for (const ContainerImage& image : list) text += row({"`" + image.name + "`", image.source});
  return text +
         "\nDigests are safer than tags: once you have pulled and tried an image, write its digest into "
         "compose.yaml.\n\n";
}

std::string undo(const KitPlan& plan) {
  return "## Undo\n\n"
         "`docker compose down` stops and removes the containers, `docker compose down --volumes` also chats, "
         "accounts, keys and spend. "
         "Without Docker:\n\n"
         "```\n"
         "cd /etc/systemd/system && for unit in rigwise-*.service; do sudo systemctl disable --now \"$unit\"; done\n"
         "sudo rm -rf /etc/systemd/system/rigwise-*.service /var/lib/private/rigwise-* /var/lib/rigwise-*\n"
         "```\n\n"
         "The second line removes what the engines and the chat page kept, too. On macs `sudo launchd/install.sh "
         "remove` "
         "takes lists and logs away. Then remove `" +
         std::string(kKitFolder) +
         "` (the secrets are in it), what get_models.sh brought to `MODELS_DIR`, and what you installed for a start "
         "without Docker: `/opt/llama.cpp` (build_llama_cpp.sh), `/opt/litellm`, `/opt/open-webui`. "
         "Nothing else was written." +
         std::string(plan.has_many_nodes() ? " The same on each machine." : "") + "\n";
}

}  // namespace

void add_readme(const KitPlan& plan, KitFiles& files) {
  std::string text = "# Set-up kit: " + plan.setup +
                     "\n\nMade by `rigwise deploy` from a packing plan, with the catalog of " + plan.as_of + ". ";
  text += "It holds no secret; `make_secrets.sh` makes them on your machine.\n\n";
  text += what_runs(plan) + memory_map(plan) + pinning(plan) + tiers(plan) + people_served(plan) + prediction(plan) +
          steps(plan) + doors(plan) + images(plan);
  if (!plan.assumptions.empty()) {
    text += "## Assumed\n\n";
    for (const std::string& assumption : plan.assumptions) text += "- " + assumption + "\n";
    text += "\n";
  }
  files.push_back({"README.md", "0644", "what runs where, the order of steps, how to undo them", text + undo(plan)});
}

}  // namespace rigwise
