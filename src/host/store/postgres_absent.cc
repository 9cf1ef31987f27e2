#include "host/store/postgres_database.h"

namespace rigwise {

// Stands in for postgres_database.cc where libpq cannot be linked: the tarball, which must start anywhere.
Result<std::unique_ptr<SqlDatabase>> open_postgres(const std::string& /*url*/) {
  return fail({ErrorCode::invalid_input,
               "this build of rigwise has no PostgreSQL",
               "--store",
               "sqlite:PATH; or the Debian package, or a build of your own, which have it",
               {}});
}

}  // namespace rigwise
