// What graphics drivers keep until the process ends is theirs: the leak checker is told to look past it. A device that
// never answered is left alone on purpose, with all that was made on it.
#if defined(__SANITIZE_ADDRESS__)
#define RIGWISE_LOOKS_FOR_LEAKS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RIGWISE_LOOKS_FOR_LEAKS
#endif
#endif

#if defined(RIGWISE_LOOKS_FOR_LEAKS)
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the checker's name for it
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libvulkan_lvp.so\nleak:libvulkan.so\nleak:libLLVM\nleak:<unknown module>\n";
}
#endif
