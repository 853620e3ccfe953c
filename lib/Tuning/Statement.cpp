//===- Statement.cpp - SQLite's statements, with errors to act on ---------===//

#include "Statement.h"

namespace recflex {

Error databaseError(sqlite3 *database) {
  std::string why = sqlite3_errmsg(database);
  switch (sqlite3_errcode(database) & 0xff) {
  case SQLITE_NOTADB:
    return makeError(ErrorCode::io, "is no record of trials, nor any other "
                                    "SQLite file; name another file");
  case SQLITE_CORRUPT:
    return makeError(ErrorCode::io, "is damaged: ", why,
                     "; restore a copy, or name another file");
  case SQLITE_FULL:
    return makeError(ErrorCode::io, "the disk is full; free some space and run "
                                    "again: all trials until now are kept");
  case SQLITE_CANTOPEN:
    return makeError(ErrorCode::io, "cannot open or create the file; it must be "
                                    "a file in a folder that can be written");
  case SQLITE_READONLY:
    return makeError(ErrorCode::io, "is read-only, or its folder is; make them "
                                    "writable, or name another file");
  case SQLITE_BUSY:
    return makeError(ErrorCode::io, "is held by another program for too long; "
                                    "end it, or name another file");
  default:
    return makeError(ErrorCode::io, "SQLite says: ", why);
  }
}

Result<Statement> Statement::prepare(sqlite3 *database,
                                     const std::string &sql) {
  sqlite3_stmt *prepared = nullptr;
  if (sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()),
                         &prepared, nullptr) != SQLITE_OK)
    return databaseError(database);
  return Statement(prepared);
}

void Statement::bind(std::string_view text) {
  // No null pointer, which would be SQL's NULL.
  sqlite3_bind_text(statement.get(), ++bound, text.empty() ? "" : text.data(),
                    static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void Statement::bind(int64_t number) {
  sqlite3_bind_int64(statement.get(), ++bound, number);
}

void Statement::bind(double number) {
  sqlite3_bind_double(statement.get(), ++bound, number);
}

void Statement::reset() {
  sqlite3_reset(statement.get());
  bound = 0;
}

Result<bool> Statement::step() {
  switch (sqlite3_step(statement.get())) {
  case SQLITE_ROW:
    return true;
  case SQLITE_DONE:
    return false;
  default:
    return databaseError(sqlite3_db_handle(statement.get()));
  }
}

std::string Statement::text(int column) const {
  auto *text = sqlite3_column_text(statement.get(), column);
  if (!text)
    return "";
  return {reinterpret_cast<const char *>(text),
          static_cast<size_t>(sqlite3_column_bytes(statement.get(), column))};
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement.get(), column);
}

} // namespace recflex
