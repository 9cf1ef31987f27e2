"""Inference engines: what they run, how they behave, and the seeds' feature matrix cell by cell."""

S4 = "004_f3b58752115fadcf.txt"
RECALLED = ("recalled", "project documentation (recalled, not fetched)")


def features(tp, requests, scale, latency, apple, gguf, vision, setup, api, memory, relative=None, guidance=None,
             loaded=None):
    d = dict(tensor_parallel=tp, concurrent_requests=requests, throughput_at_scale=scale, single_user_latency=latency,
             apple_silicon=apple, gguf=gguf, vision=vision, setup=setup, openai_api=api, memory_efficiency=memory,
             relative_throughput_at_scale=relative, guidance=guidance, loaded_models_default=loaded)
    return {k: v for k, v in d.items() if v}


def policy(multi="layer_split", batching="slots", swa="capped", block=256, chunk=512, pool=0.0, runtime=0.25):
    return dict(multi_device=multi, batching=batching, sliding_window_kv=swa, kv_block_tokens=block, prefill_chunk_tokens=chunk,
                memory_pool_fraction=pool, runtime_gib=runtime)


# max_num_seqs of the server, and OLLAMA_NUM_PARALLEL: what they do unless told otherwise.
VLLM_POLICY = dict(policy("tensor_parallel", "continuous", "full", 16, 2048, 0.9, 0.28), sequences=256)
ALL = ["cuda", "rocm", "vulkan", "metal", "sycl", "cpu"]

ENGINES = [
    dict(id="llama.cpp", name="llama.cpp", aliases=["llama cpp", "llama-server", "llama-bench", "Docker Model Runner (llama.cpp)", "ggml"],
         backends=ALL + ["cann", "rpc"], containers=["gguf"], policy=policy(),
         features=features("no (layer split)", "slots", "low-medium", "very low", "Metal", "native", "yes", "medium", "yes", "good",
                           "0.03-0.1x", "layer split is 30-50 % slower than tensor parallel"),
         notes="KV cache is padded to blocks of 256; several machines by RPC, layer by layer"),
    dict(id="ollama", name="Ollama", aliases=["Ollama (llama.cpp)"], backends=["cuda", "rocm", "vulkan", "metal", "cpu"], containers=["gguf"],
         base="llama.cpp", policy=dict(policy(runtime=0.4), sequences=1),
         features=features("no (layer split)", "limited", "low", "low", "Metal", "via llama.cpp", "yes", "very easy", "yes", "good",
                           "0.05-0.1x (41 TPS peak vs vLLM 793)", loaded="3 x number of GPUs"),
         sources=[("seed", S4), RECALLED]),
    dict(id="llamafile", name="llamafile", aliases=["llamafile (llama.cpp)", "localscore"], backends=["cuda", "rocm", "metal", "cpu"],
         containers=["gguf"], base="llama.cpp", policy=policy(), notes="runs LocalScore; on some data-centre GPUs decode is launch-bound"),
    dict(id="koboldcpp", name="KoboldCpp", backends=["cuda", "rocm", "vulkan", "metal", "cpu"], containers=["gguf"], base="llama.cpp", policy=policy()),
    dict(id="ik_llama.cpp", name="ik_llama.cpp", aliases=["ik llama"], backends=["cuda", "cpu"], containers=["gguf"], base="llama.cpp", policy=policy(),
         notes="fork with own quantization types (IQ*_K, *_R4) and faster CPU kernels"),
    dict(id="lm-studio", name="LM Studio", aliases=["lmstudio"], backends=["cuda", "rocm", "vulkan", "metal", "cpu"], containers=["gguf", "mlx"],
         base="llama.cpp", policy=policy(runtime=0.4), notes="GGUF by llama.cpp, MLX models on a Mac"),
    dict(id="vllm", name="vLLM", aliases=["Mango LLMBoost (vLLM based)"], backends=["cuda", "rocm", "xpu", "cann", "cpu"], containers=["safetensors", "gguf"],
         policy=VLLM_POLICY,
         features=features("TP + PP", "continuous batching", "very high", "low", "partial", "no (AWQ/GPTQ)", "yes", "medium", "yes",
                           "PagedAttention, very good", "1.0x", "the seed says tensor parallelism requires NVIDIA GPUs"),
         corrected=dict(gguf="experimental GGUF loading exists", guidance="also runs tensor parallel on AMD (ROCm) and Intel (XPU) GPUs; seed 000 measures it on Arc Pro B70 and R9700")),
    dict(id="sglang", name="SGLang", backends=["cuda", "rocm", "xpu", "cpu", "cann"], containers=["safetensors"],
         policy=policy("tensor_parallel", "continuous", "full", 1, 8192, 0.88, 0.28),
         features=features("TP + DP", "continuous batching", "very high", "low", "no", "no (AWQ/GPTQ)", "yes", "medium", "yes",
                           "RadixAttention, very good", "1.1-1.3x (up to 158K tok/s at 75% cache hit)")),
    dict(id="tensorrt-llm", name="TensorRT-LLM", aliases=["trt-llm", "trtllm"], backends=["cuda"], containers=["safetensors"],
         policy=dict(policy("tensor_parallel", "continuous", "full", 32, 8192, 0.9, 1.0), kv_type_low_precision="kv-fp8"),
         features=dict(relative_throughput_at_scale="1.5-1.7x"),
         more_sources=[(["policy.kv_type_low_precision"], "datasheet",
                        "TensorRT-LLM documentation, Quantization: checkpoints of Model Optimizer have the FP8 KV cache enabled by default "
                        "(nvidia.github.io/TensorRT-LLM/features/quantization.html)")]),
    dict(id="tensorrt-edge-llm", name="TensorRT Edge-LLM", backends=["cuda"], containers=["safetensors"], base="tensorrt-llm",
         policy=policy("none", "continuous", "full", 32, 2048, 0.0, 0.5), notes="for Jetson"),
    dict(id="mlx", name="MLX", aliases=["mlx-lm", "mlx-vlm", "MLX (mlx-lm)", "MLX (mlx-vlm)", "rapid-mlx", "MLX (rapid-mlx)", "omlx", "MLX (oMLX)"],
         backends=["metal"], containers=["mlx"], policy=policy("none", "serial", "capped", 256, 2048, 0.0, 0.25),
         features=features("no (single SoC)", "vllm-mlx", "medium", "very low", "native", "MLX format", "yes", "easy", "vllm-mlx", "good", None,
                           "30-50 % faster than llama.cpp Metal (seed 004); 20-30 % (seed 001)"),
         corrected=dict(tensor_parallel="several Macs by exo or MLX distributed over Thunderbolt 5 RDMA (seed 000)")),
    dict(id="vllm-mlx", name="vllm-mlx", aliases=["MLX (vllm-mlx)"], backends=["metal"], containers=["mlx"], base="mlx",
         policy=policy("none", "continuous", "capped", 256, 2048, 0.0, 0.25), features=dict(guidance="21-87 % higher throughput")),
    dict(id="exo", name="exo", aliases=["exo (MLX)"], backends=["metal"], containers=["mlx"], base="mlx",
         policy=policy("tensor_parallel", "serial", "capped", 256, 2048, 0.0, 0.25),
         notes="several Macs, pipeline or tensor parallel, Thunderbolt 5 RDMA"),
    dict(id="exllamav2", name="ExLlamaV2", aliases=["exl2", "exllama"], backends=["cuda", "rocm"], containers=["exl", "safetensors"],
         policy=policy("layer_split", "slots", "full", 256, 2048, 0.0, 0.5)),
    dict(id="exllamav3", name="ExLlamaV3", aliases=["exl3"], backends=["cuda"], containers=["exl"],
         policy=policy("tensor_parallel", "continuous", "full", 256, 2048, 0.0, 0.5)),
    dict(id="ktransformers", name="KTransformers", backends=["cuda", "cuda+cpu"], containers=["gguf", "safetensors"],
         policy=policy("none", "serial", "full", 256, 8192, 0.0, 1.0), notes="experts in system memory, the rest on one GPU; uses AMX"),
    dict(id="ipex-llm", name="IPEX-LLM", backends=["sycl", "xpu"], containers=["gguf", "safetensors"], base="llama.cpp", policy=policy()),
    dict(id="ds4", name="ds4", backends=["metal"], containers=["gguf"], policy=policy("none", "serial", "capped", 256, 2048, 0.0, 0.25),
         notes="engine for DeepSeek V4 Flash only"),
    dict(id="transformers", name="PyTorch transformers", aliases=["pytorch", "PyTorch (MLPerf submission)", "hf transformers"], backends=["cuda", "rocm", "xpu", "metal", "cpu"],
         containers=["safetensors"], policy=policy("layer_split", "serial", "full", 1, 8192, 0.0, 0.75)),
]
