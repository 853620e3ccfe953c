//===- Statement.h - SQLite's statements, with errors to act on -*- C++ -*-===//

#ifndef RECFLEX_LIB_TUNING_STATEMENT_H
#define RECFLEX_LIB_TUNING_STATEMENT_H

#include "recflex/Support/Json.h"
#include "recflex/Support/Result.h"

#include <memory>
#include <sqlite3.h>

namespace recflex {

/// The last error of `database`: what it means and what to do about it.
Error databaseError(sqlite3 *database);

/// A prepared statement. Parameters are bound from left to right.
class Statement {
public:
  static Result<Statement> prepare(sqlite3 *database, const std::string &sql);

  void bind(std::string_view text);
  void bind(int64_t number);
  void bind(double number);
  /// Ready to be run once more, with other parameters.
  void reset();

  /// Goes to the next row; false if there is none.
  Result<bool> step();

  std::string text(int column) const;
  int64_t integer(int column) const;
  double real(int column) const;

private:
  struct Finalize {
    void operator()(sqlite3_stmt *statement) const {
      sqlite3_finalize(statement);
    }
  };

  explicit Statement(sqlite3_stmt *statement) : statement(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement;
  int bound = 0;
};

} // namespace recflex

#endif // RECFLEX_LIB_TUNING_STATEMENT_H
