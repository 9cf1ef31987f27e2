# What the evaluation stands on: SQLite with RETURNING or PostgreSQL for the ledger, zstd for its blobs, RE2 for tasks'
# patterns.
find_package(SQLite3 3.35 REQUIRED)
find_path(RIGWISE_PQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
find_library(RIGWISE_PQ pq REQUIRED)
find_path(RIGWISE_ZSTD_INCLUDE zstd.h REQUIRED)
find_library(RIGWISE_ZSTD zstd REQUIRED)
find_path(RIGWISE_RE2_INCLUDE re2/re2.h REQUIRED)
find_library(RIGWISE_RE2 re2 REQUIRED)
target_include_directories(rigwise_host SYSTEM PRIVATE ${RIGWISE_ZSTD_INCLUDE} ${RIGWISE_RE2_INCLUDE} ${RIGWISE_PQ_INCLUDE})
target_link_libraries(rigwise_host PRIVATE SQLite::SQLite3 ${RIGWISE_ZSTD} ${RIGWISE_RE2} ${RIGWISE_PQ})
