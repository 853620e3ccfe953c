//===- Text.cpp - Bytes that a call has made ------------------------------===//

#include "Handles.h"

const char *recflexTextData(const RecflexText *text) {
  return text ? text->bytes.c_str() : "";
}

size_t recflexTextSize(const RecflexText *text) {
  return text ? text->bytes.size() : 0;
}

void recflexTextDestroy(RecflexText *text) { delete text; }
