//===- Measurer.cpp - Who runs the trials ---------------------------------===//

#include "recflex/Tuning/Measurer.h"

namespace recflex {

std::string toText(emb::ScheduleAttrInterface schedule) {
  std::string text;
  llvm::raw_string_ostream(text) << schedule;
  return text;
}

} // namespace recflex
