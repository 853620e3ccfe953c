# RecFlexMLIR: MLIR and LLVM, as the libraries and the tools link them.
#
# By default that is the two shared libraries of Debian's packages. With
# RECFLEX_STATIC it is their archives: what the tools do not reach is left out,
# and the result runs where no LLVM package is installed.

add_library(RecFlexMLIR INTERFACE)

if(NOT RECFLEX_STATIC)
  target_link_libraries(RecFlexMLIR INTERFACE MLIR LLVM)
  return()
endif()

# The packaged MLIR archives ask for libLLVM.so. A second LLVM beside the
# archives' own would register every option twice and abort.
get_property(mlir_archives GLOBAL PROPERTY MLIR_ALL_LIBS)
foreach(library IN LISTS mlir_archives)
  if(NOT TARGET ${library})
    continue()
  endif()
  get_target_property(needs ${library} INTERFACE_LINK_LIBRARIES)
  if(needs)
    list(REMOVE_ITEM needs LLVM)
    set_target_properties(${library} PROPERTIES
                          INTERFACE_LINK_LIBRARIES "${needs}")
  endif()
endforeach()

# The same for what LLVMSupport asks for: archives, and no Z3, which only
# Clang's analyzer uses.
set_target_properties(LLVMSupport PROPERTIES INTERFACE_LINK_LIBRARIES
  "rt;dl;m;ZLIB::ZLIB;zstd::libzstd_static;LLVMDemangle")

llvm_map_components_to_libnames(llvm_archives
  nvptxcodegen nvptxdesc nvptxinfo # PTX
  x86codegen x86desc x86info orcjit jitlink # the simulator's host code
  passes targetparser)

target_link_libraries(RecFlexMLIR INTERFACE
  MLIRParser MLIRPass MLIRTransforms MLIRRemarkStreamer
  MLIRArithDialect MLIRBufferizationDialect MLIRFuncDialect MLIRFuncInlinerExtension MLIRGPUDialect
  MLIRControlFlowTransforms MLIRFuncTransforms MLIRGPUTransforms MLIRLinalgDialect
  MLIRLLVMDialect MLIRMathDialect MLIRMathTransforms MLIRMemRefDialect
  MLIRNVVMDialect MLIRSCFDialect MLIRSCFTransforms MLIRTensorDialect MLIRVectorDialect
  MLIRArithToLLVM MLIRControlFlowToLLVM MLIRFuncToLLVM MLIRGPUToNVVMTransforms
  MLIRMathToLLVM MLIRMemRefToLLVM MLIRNVVMToLLVM MLIRReconcileUnrealizedCasts
  MLIRSCFToControlFlow MLIRVectorToLLVM
  MLIRBuiltinToLLVMIRTranslation MLIRGPUToLLVMIRTranslation
  MLIRLLVMToLLVMIRTranslation MLIRNVVMToLLVMIRTranslation MLIRTargetLLVMIRExport
  ${llvm_archives})
target_link_options(RecFlexMLIR INTERFACE
  -static-libstdc++ -static-libgcc LINKER:--gc-sections LINKER:--as-needed
  LINKER:--strip-all)
