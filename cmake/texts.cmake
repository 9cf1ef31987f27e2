# What texts of others take: zlib for rotated logs, cmark-gfm for a team's Markdown.
find_path(RIGWISE_ZLIB_INCLUDE zlib.h REQUIRED)
find_library(RIGWISE_ZLIB z REQUIRED)
find_path(RIGWISE_CMARK_INCLUDE cmark-gfm.h REQUIRED)
find_library(RIGWISE_CMARK_EXTENSIONS cmark-gfm-extensions REQUIRED)
find_library(RIGWISE_CMARK cmark-gfm REQUIRED)
target_include_directories(rigwise_host SYSTEM PRIVATE ${RIGWISE_ZLIB_INCLUDE} ${RIGWISE_CMARK_INCLUDE})
target_link_libraries(rigwise_host PRIVATE ${RIGWISE_CMARK_EXTENSIONS} ${RIGWISE_CMARK} ${RIGWISE_ZLIB})
