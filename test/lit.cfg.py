# How lit runs the tests of this folder, apart from unit/, differential/ and roundtrip/.

import os
import shutil
import subprocess

import lit.formats

config.name = "RecFlex"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".ll"]
config.excludes = ["unit", "differential", "roundtrip", "Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.recflex_binary_dir, "test")

# recflex and recflex-opt; FileCheck, not and mlir-opt; ptxas last, for its
# folder holds other compilers too.
folders = [config.recflex_tools_dir, config.llvm_tools_dir, os.environ["PATH"],
           "/usr/local/cuda/bin"]
config.environment["PATH"] = os.pathsep.join(folders)


def offer(feature, present, reason):
    """Makes a feature available, or says why tests that need it are skipped."""
    if present:
        config.available_features.add(feature)
    else:
        lit_config.note(f"{reason}: tests that require '{feature}' are skipped")


def has_gpu():
    tool = shutil.which("nvidia-smi")
    return bool(tool) and subprocess.run([tool, "-L"], capture_output=True).returncode == 0


models = os.path.join(config.recflex_source_dir, "models")
shared_models = os.path.join(os.path.dirname(config.recflex_source_dir), "shared", "models")
config.substitutions.append(("%models", models))
config.substitutions.append(("%{path}", config.environment["PATH"]))
config.substitutions.append(("%shared-models", shared_models))

offer("ptxas", shutil.which("ptxas", path=config.environment["PATH"]), "ptxas not found")
offer("gpu", has_gpu(), "nvidia-smi shows no GPU")
offer("shared-models", os.path.isdir(shared_models), "no folder ../shared/models")
