#include "codec/kit_file.h"
#include "core/base/text.h"
#include "core/deploy/images.h"

namespace rigwise {
namespace {

constexpr const char* kHead =
    "#!/usr/bin/env bash\n"
    "# Says which weights are missing below MODELS_DIR and brings those whose place is known; run it on every machine "
    "that\n"
    "# serves them, with the machine's name (all of them where it is left out). Files that are there are left alone.\n"
    "#   get_models.sh [NODE]\n"
    "set -euo pipefail\n"
    "# Whatever the umask of who runs this: the services run as users of their own and must read the weights.\n"
    "umask 022\n"
    "kit=$(cd \"$(dirname \"$0\")\" && pwd)\n"
    "# shellcheck source=/dev/null\n"
    "[[ ! -f $kit/.env ]] || . \"$kit/.env\"\n"
    ": \"${MODELS_DIR:?folder of the weights, in .env}\"\n"
    "wanted=${1:-}\n"
    "missing=0\n"
    "mkdir -p \"$MODELS_DIR\"\n";

constexpr const char* kFile =
    "# A GGUF file: from the repository that you name, or made from the original weights as the comment says.\n"
    "gguf() {  # NODE FILE GB REPOSITORY\n"
    "  [[ -z $wanted || $wanted == \"$1\" ]] || return 0\n"
    "  local file=$MODELS_DIR/$2\n"
    "  if [[ -s $file ]]; then\n"
    "    printf 'there: %s\\n' \"$file\"\n"
    "  elif [[ -n $4 ]]; then\n"
    "    hf download \"${4%%:*}\" \"${4#*:}\" --local-dir \"$MODELS_DIR\"\n"
    "    [[ $2 == \"${4#*:}\" ]] || mv \"$MODELS_DIR/${4#*:}\" \"$file\"\n"
    "  else\n"
    "    printf 'missing: %s%s: put the file there, or name its place as REPOSITORY:FILE\\n' \"$file\" \"${3:+ (about "
    "$3 GB)}\"\n"
    "    missing=1\n"
    "  fi\n"
    "}\n\n";

constexpr const char* kFolder =
    "# A folder of safetensors or MLX weights.\n"
    "folder() {  # NODE FOLDER GB REPOSITORY\n"
    "  [[ -z $wanted || $wanted == \"$1\" ]] || return 0\n"
    "  local folder=$MODELS_DIR/$2\n"
    "  if [[ -e $folder/.whole ]]; then\n"
    "    printf 'there: %s\\n' \"$folder\"\n"
    "  elif [[ -n $4 ]]; then\n"
    "    # Goes on where it was broken off; the mark is made when all of it is there.\n"
    "    hf download \"$4\" --local-dir \"$folder\"\n"
    "    touch \"$folder/.whole\"\n"
    "  elif [[ -s $folder/config.json ]]; then\n"
    "    printf 'there: %s\\n' \"$folder\"\n"
    "  else\n"
    "    printf 'missing: %s (about %s GB): name the repository that has it in this format\\n' \"$folder\" \"$3\"\n"
    "    missing=1\n"
    "  fi\n"
    "}\n\n";

/// Whether the publisher's own repository holds the weights in this format.
bool is_original(const PlannedModel& model) {
  return !model.model->hf_repo.empty() && lower(model.model->native_format) == lower(model.format->id);
}

/// How the file can be made from the publisher's weights.
std::string recipe(const PlannedModel& model, const EngineProcess& process) {
  if (model.model->hf_repo.empty()) return "#   the publisher's repository is not in the catalog\n";
  const std::string repository = model.model->hf_repo;
  if (process.engine == ServingEngine::mlx) {
    return "#   or made from the original: mlx_lm.convert --hf-path " + repository + " --mlx-path \"$MODELS_DIR/" +
           process.file + "\" --quantize\n";
  }
  if (process.engine == ServingEngine::vllm || process.engine == ServingEngine::sglang) {
    return "#   the original weights: " + repository + "\n";
  }
  return "#   or made from the original: hf download " + repository +
         " --local-dir original; python3 convert_hf_to_gguf.py original --outfile f16.gguf; llama-quantize f16.gguf " +
         process.file + " " + (model.format->id == "mxfp4" ? "MXFP4_MOE" : model.format->name) + "\n";
}

/// The image encoder stands in 16 bits beside the weights, made by the same converter.
std::string encoder_line(const KitPlan& plan, const EngineProcess& process) {
  if (process.encoder_file.empty()) return {};
  const Llm& model = *plan.model_of(process).model;
  const std::string variable = process_variable(process, "ENCODER");
  std::string text =
      "# What lets it see images, for --mmproj. " + variable + "=REPOSITORY:FILE names a file on Hugging Face,\n";
  text +=
      model.hf_repo.empty()
          ? "#   the publisher's repository is not in the catalog\n"
          : "#   or made from the original: python3 convert_hf_to_gguf.py original --mmproj --outtype f16 --outfile " +
                process.encoder_file + "\n";
  text +=
      "#   Without it the engine does not start: take --mmproj out of the start script and compose.yaml for text "
      "alone.\n";
  return text + "gguf " + plan.node_of(process).name + " " + process.encoder_file + " \"\" \"${" + variable + ":-}\"\n";
}

bool reads_file(const EngineProcess& process) {
  return process.engine == ServingEngine::llama_server || process.engine == ServingEngine::ollama;
}

std::string fetch_line(const KitPlan& plan, const EngineProcess& process) {
  const PlannedModel& model = plan.model_of(process);
  const bool is_file = reads_file(process);
  const std::string variable = process_variable(process, "REPOSITORY");
  std::string text = "# " + model.model->name + " in " + model.format->name + ". " + variable +
                     (is_file ? "=REPOSITORY:FILE names a file on Hugging Face,\n"
                              : "=REPOSITORY names a repository on Hugging Face,\n");
  text += recipe(model, process);
  const std::string known = !is_file && is_original(model) ? model.model->hf_repo : "";
  std::vector<int> nodes = {process.node};
  // vLLM's workers read the weights themselves; llama.cpp's get them over the link.
  if (process.engine == ServingEngine::vllm) {
    for (const EngineWorker& worker : process.workers) nodes.push_back(worker.node);
  }
  const auto line = [&](int node) {
    return std::string(is_file ? "gguf " : "folder ") + plan.nodes[node].name + " " + process.file + " " +
           significant(model.weights_gb, 3) + " \"${" + variable + ":-" + known + "}\"\n";
  };
  for (const int node : nodes) text += line(node);
  return text + encoder_line(plan, process) + "\n";
}

/// llama.cpp by hand: for several machines, and for hosts without containers.
std::string build_script(const std::string& options, bool spans) {
  const std::string build = llama_cpp_build();
  std::string text =
      "#!/usr/bin/env bash\n"
      "# Builds llama.cpp " +
      build +
      " with what this machine needs and puts it into /opt/llama.cpp/bin (PREFIX).\n"
      "# Needs git, cmake, a compiler and the GPU maker's toolkit.\n"
      "set -euo pipefail\n"
      "umask 022\n"
      "prefix=${PREFIX:-/opt/llama.cpp}\n"
      "work=$(mktemp -d)\n"
      "trap 'rm -rf \"$work\"' EXIT\n"
      "git clone --depth 1 --branch " +
      build +
      " https://github.com/ggml-org/llama.cpp \"$work/llama.cpp\"\n"
      "cmake -S \"$work/llama.cpp\" -B \"$work/build\" -DCMAKE_BUILD_TYPE=Release -DLLAMA_BUILD_TESTS=OFF \\\n"
      "  -DBUILD_SHARED_LIBS=OFF " +
      options + (spans ? " -DGGML_RPC=ON" : "") +
      "\n"
      "cmake --build \"$work/build\" --parallel" +
      (spans ? "" : " --target llama-server") +
      "\n"
      "mkdir -p \"$prefix/bin\"\n"
      "install -m 0755 \"$work/build/bin/llama-server\" \"$prefix/bin/llama-server\"\n";
  if (!spans) return text;
  return text +
         "# Its name has changed between versions.\n"
         "for built in rpc-server ggml-rpc-server; do\n"
         "  [[ ! -x $work/build/bin/$built ]] || install -m 0755 \"$work/build/bin/$built\" "
         "\"$prefix/bin/rpc-server\"\n"
         "done\n";
}

std::string backend_option(const std::string& backend) {
  if (backend == "cuda") return "-DGGML_CUDA=ON";
  if (backend == "rocm") return "-DGGML_HIP=ON";
  if (backend == "vulkan") return "-DGGML_VULKAN=ON";
  if (backend == "sycl") return "-DGGML_SYCL=ON -DCMAKE_C_COMPILER=icx -DCMAKE_CXX_COMPILER=icpx";
  if (backend == "metal") return "-DGGML_METAL=ON";
  return "-DGGML_NATIVE=ON";
}

}  // namespace

void add_model_files(const KitPlan& plan, KitFiles& files) {
  std::string text = kHead + refuse_unknown_part(plan, {}) + "\n";
  bool files_wanted = false, folders_wanted = false;
  for (const EngineProcess& process : plan.processes) (reads_file(process) ? files_wanted : folders_wanted) = true;
  if (files_wanted) text += kFile;
  if (folders_wanted) text += kFolder;
  for (const EngineProcess& process : plan.processes) text += fetch_line(plan, process);
  files.push_back({"get_models.sh", "0755", "says which weights are missing, brings those whose place is known",
                   text + "exit \"$missing\"\n"});
  for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
    std::string options;
    bool spans = false;
    const auto add = [&](const EngineProcess& process) {
      if (process.engine != ServingEngine::llama_server) return;
      options = backend_option(plan.model_of(process).backend);
      spans = spans || !process.workers.empty();
    };
    for (const EngineProcess* process : processes_of(plan, node)) add(*process);
    for (const WorkerOf& part : workers_of(plan, node)) add(*part.process);
    if (options.empty()) continue;
    files.push_back({plan.folder(node) + "build_llama_cpp.sh", "0755", "builds llama.cpp for hosts without containers",
                     build_script(options, spans)});
  }
}

}  // namespace rigwise
