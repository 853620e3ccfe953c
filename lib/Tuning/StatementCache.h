//===- StatementCache.h - Statements prepared once --------------*- C++ -*-===//

#ifndef RECFLEX_LIB_TUNING_STATEMENTCACHE_H
#define RECFLEX_LIB_TUNING_STATEMENTCACHE_H

#include "Statement.h"

#include <map>

namespace recflex {

/// A statement for as long as it runs. Then it is reset: one that stands at a
/// row keeps other tuners from writing.
class RunningStatement {
public:
  explicit RunningStatement(Statement &statement) : statement(&statement) {}
  RunningStatement(RunningStatement &&other)
      : statement(std::exchange(other.statement, nullptr)) {}
  RunningStatement &operator=(RunningStatement &&) = delete;
  ~RunningStatement() {
    if (statement)
      statement->reset();
  }

  Statement &operator*() { return *statement; }
  Statement *operator->() { return statement; }

private:
  Statement *statement;
};

/// Statements of one database by their text. Each may run once at a time.
class StatementCache {
public:
  explicit StatementCache(sqlite3 *database) : database(database) {}

  Result<RunningStatement> run(const std::string &sql) {
    auto known = statements.find(sql);
    if (known == statements.end()) {
      Result<Statement> prepared = Statement::prepare(database, sql);
      if (!prepared)
        return prepared.error();
      known = statements.emplace(sql, std::move(*prepared)).first;
    }
    return RunningStatement(known->second);
  }

private:
  sqlite3 *database;
  std::map<std::string, Statement> statements;
};

} // namespace recflex

#endif // RECFLEX_LIB_TUNING_STATEMENTCACHE_H
