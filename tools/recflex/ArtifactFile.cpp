//===- ArtifactFile.cpp - An artifact, and how it stands in its file ------===//

#include "ArtifactFile.h"

#include "TextTable.h"

#include "recflex/Runtime/KernelABI.h"
#include "recflex/Runtime/ManifestJson.h"
#include "recflex/Runtime/PtxHeader.h"

#include "llvm/Support/Format.h"

namespace recflex {

Result<ArtifactFile> ArtifactFile::read(const std::string &path) {
  Result<std::string> bytes = readArtifactBytes(path);
  if (!bytes)
    return bytes.error();
  Result<Artifact> artifact = deserialize(*bytes);
  if (!artifact)
    return artifact.error().in(path);
  ArtifactFile file;
  file.path = path;
  file.length = bytes->size();
  file.sections = *readLayout(*bytes);
  file.manifestText = file.sections.front().in(*bytes);
  file.artifact = std::move(*artifact);
  return file;
}

static std::string number(int64_t value) { return std::to_string(value); }

static void printSections(llvm::raw_ostream &os, const ArtifactFile &file) {
  TextTable table({"section", "chip", "offset>", "bytes>", "SHA-256"});
  for (const ArtifactSection &section : file.sections)
    table.add({std::string(toString(section.kind)),
               section.chip.empty() ? "-" : section.chip,
               number(section.offset), number(section.length),
               toHex(section.sha256)});
  table.print(os);
}

static void printHead(llvm::raw_ostream &os, const Manifest &m) {
  os << "model: " << printable(m.name) << '\n'
     << "compiled for: " << m.chip << ", by " << printable(m.producer) << '\n'
     << "PTX: ISA " << m.ptxVersion << ", driver for CUDA "
     << cudaVersionName(m.leastDriver) << " or newer\n"
     << "kernel: " << m.bodies.size() << " bodies, blocks of " << m.threads
     << " threads, " << m.blocksPerSM << " a multiprocessor, " << m.sharedBytes
     << " bytes of shared memory\n"
     << "binding: " << (m.fixedBinding ? "fixed\n" : "at run time\n");
  if (m.scratchBytes)
    os << "scratch: " << m.scratchBytes << " bytes a sample\n";
  os << "input: " << m.jaggedFeatures << " keys, " << toString(m.indexType)
     << (m.weighted ? " indices, with weights\n"
                    : " indices, without weights\n")
     << "output: " << m.outputWidth << " columns\n"
     << "most in a launch: " << m.maxBatch << " samples, " << m.maxLookups
     << " lookups\n";
}

static void printTables(llvm::raw_ostream &os, const Manifest &m) {
  std::vector<int64_t> features(m.tables.size());
  for (const ManifestFeature &feature : m.features)
    ++features[feature.table];
  double bytes = 0; // of all tables: may be more than 2^63
  TextTable table(
      {"#>", "table", "rows>", "width>", "type", "bytes>", "features>"});
  for (size_t i = 0; i != m.tables.size(); ++i) {
    const ManifestTable &t = m.tables[i];
    bytes += static_cast<double>(tableBytes(t));
    table.add({number(i), printable(t.name), number(t.rows), number(t.width),
               std::string(toString(t.type)), number(tableBytes(t)),
               number(features[i])});
  }
  os << "tables: " << m.tables.size() << ", "
     << llvm::format("%.1f", bytes / (1 << 20)) << " MiB\n";
  table.print(os);
}

static void printFeatures(llvm::raw_ostream &os, const Manifest &m) {
  os << "features: " << m.features.size() << '\n';
  TextTable table({"#>", "feature", "key>", "table", "pooling", "column>",
                   "width>", "samples a tile>", "column tiles>",
                   "lookups at once>", "body>", "schedule"});
  for (size_t i = 0; i != m.features.size(); ++i) {
    const ManifestFeature &f = m.features[i];
    const ManifestTable &t = m.tables[f.table];
    table.add(
        {number(i), printable(f.name), number(f.key), printable(t.name),
         std::string(toString(f.pooling)) + (f.weighted ? " weighted" : ""),
         number(f.column), number(t.width), number(f.samplesPerTile),
         number(f.columnTiles), number(f.parallelLookups), number(f.body),
         printable(m.bodies[f.body].schedule)});
  }
  table.print(os);
}

static void printBodies(llvm::raw_ostream &os, const Manifest &m) {
  std::vector<int64_t> features(m.bodies.size());
  for (const ManifestFeature &feature : m.features)
    ++features[feature.body];
  os << "bodies: " << m.bodies.size() << '\n';
  TextTable table({"#>", "body", "features>", "schedule"});
  for (size_t i = 0; i != m.bodies.size(); ++i)
    table.add({number(i), printable(m.bodies[i].name), number(features[i]),
               printable(m.bodies[i].schedule)});
  table.print(os);
}

void print(llvm::raw_ostream &os, const ArtifactFile &file) {
  os << "artifact: " << file.path << ", " << file.length << " bytes, format "
     << kArtifactFormat << ", ABI " << abi::kVersion << '\n';
  printSections(os, file);
  const Manifest &manifest = file.artifact.manifest;
  printHead(os, manifest);
  printTables(os, manifest);
  printFeatures(os, manifest);
  printBodies(os, manifest);
}

nlohmann::ordered_json toJson(const ArtifactFile &file) {
  using Json = nlohmann::ordered_json;
  Json sections = Json::array();
  for (const ArtifactSection &section : file.sections) {
    Json entry = {{"kind", toString(section.kind)}};
    if (!section.chip.empty())
      entry["chip"] = section.chip;
    entry["offset"] = section.offset;
    entry["bytes"] = section.length;
    entry["sha256"] = toHex(section.sha256);
    sections.push_back(std::move(entry));
  }
  return {{"file", file.path},
          {"bytes", file.length},
          {"formatVersion", kArtifactFormat},
          {"abiVersion", abi::kVersion},
          {"sections", std::move(sections)},
          {"manifest", Json::parse(toJson(file.artifact.manifest))}};
}

} // namespace recflex
