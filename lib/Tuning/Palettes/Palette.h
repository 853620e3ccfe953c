//===- Palette.h - One palette of a tuner -----------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_TUNING_PALETTES_PALETTE_H
#define RECFLEX_LIB_TUNING_PALETTES_PALETTE_H

#include "recflex/Tuning/Measurer.h"
#include "recflex/Tuning/Palettes/PaletteCompiler.h"
#include "recflex/Tuning/Palettes/PaletteModel.h"

#include <map>

namespace recflex {

/// Bodies for the features of a model.
class Palette {
public:
  /// `number` is the bench's name for it; `model` outlives it.
  Palette(int64_t number, const Occupancy &occupancy,
          const PaletteModel &model);

  /// The untuned schedules of all features.
  void addUntuned();
  void add(size_t shape, emb::ScheduleAttrInterface schedule);
  /// Makes an empty palette one of a single assignment: its code is what a
  /// model with these schedules is compiled to, and recflex_forward is in it.
  void specialize(const Assignment &schedules);
  bool has(size_t shape, emb::ScheduleAttrInterface schedule) const;
  size_t size() const { return bodies.size(); }

  /// Hands it to the compiler, unless it was.
  void submit(PaletteCompiler &compiler, const std::string &chip);
  /// Waits for the compiler.
  const CompiledPalette &compiled() const { return result.get(); }

  /// The features' bodies, for a schedule each; null stands for the untuned
  /// one. All must be in the palette. `ranks` are the lookups', if any.
  BodyAssignment assign(const Assignment &schedules,
                        llvm::ArrayRef<int64_t> ranks = {}) const;

  const int64_t number;
  const Occupancy occupancy;
  /// Assignments that it was made for, by class; a class is untuned where there
  /// is none.
  std::vector<Assignment> rounds;
  std::optional<PaletteFigures> figures; ///< once it is loaded

private:
  PaletteSpec describe(const std::string &chip) const;
  int64_t scratchBytes() const;
  emb::TileShape tileOf(size_t shape,
                        emb::ScheduleAttrInterface schedule) const;

  using Key = std::pair<size_t, const void *>;
  struct Body {
    size_t shape;
    emb::ScheduleAttrInterface schedule;
  };
  const PaletteModel &model;
  std::vector<Body> bodies;
  std::map<Key, int32_t> numbers;
  /// Bytes a sample of the one assignment, if it is specialized.
  std::optional<int64_t> exactScratch;
  std::shared_future<CompiledPalette> result;
};

} // namespace recflex

#endif // RECFLEX_LIB_TUNING_PALETTES_PALETTE_H
