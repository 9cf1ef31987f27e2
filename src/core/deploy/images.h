#pragma once

#include "core/deploy/kit_plan.h"

namespace rigwise {

/// The container image of an engine for the backend of its model, pinned by tag, with how the tag is known. No name
/// where the kit knows none: a Mac's GPU (no container reaches it), a model over several machines (llama.cpp's
/// published images are built without RPC, and vLLM's parts talk over ports of their own choice), Intel GPUs with vLLM
/// or SGLang.
ContainerImage image_for(const KitPlan& plan, const EngineProcess& process);

/// llama.cpp's build that images, build script and flags are for: "b9603".
const char* llama_cpp_build();

/// What every gateway runs beside the engines.
ContainerImage litellm_image();
ContainerImage open_webui_image();
ContainerImage pgvector_image();
ContainerImage caddy_image();

}  // namespace rigwise
