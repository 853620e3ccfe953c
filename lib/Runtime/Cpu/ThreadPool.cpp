//===- ThreadPool.cpp - Threads that callers share ------------------------===//

#include "ThreadPool.h"

#include <algorithm>
#include <cstring>

namespace recflex {

Result<std::unique_ptr<CpuThreadPool>> CpuThreadPool::create(int32_t threads) {
  std::unique_ptr<CpuThreadPool> pool(new CpuThreadPool(threads));
  pool->workers.reserve(threads - 1);
  for (int32_t i = 1; i < threads; ++i) {
    // Not std::thread, which throws when the host has no more threads.
    pthread_t thread;
    int failure = pthread_create(
        &thread, nullptr,
        [](void *self) -> void * {
          static_cast<CpuThreadPool *>(self)->help();
          return nullptr;
        },
        pool.get());
    if (failure != 0)
      return makeError(ErrorCode::outOfMemory, "cannot start thread ", i + 1,
                       " of ", threads, ": ", std::strerror(failure),
                       "; load the model with fewer");
    pool->workers.push_back(thread);
  }
  return pool;
}

CpuThreadPool::~CpuThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
  }
  wake.notify_all();
  for (pthread_t thread : workers)
    pthread_join(thread, nullptr);
}

/// Works until all pieces are taken (true), or until another job has come up
/// (false).
bool CpuThreadPool::takePieces(Job &job) {
  uint64_t seen = arrivals.load(std::memory_order_relaxed);
  for (;;) {
    int64_t piece = job.next.fetch_add(job.claim, std::memory_order_relaxed);
    if (piece >= job.pieces)
      return true;
    int64_t end = std::min(piece + job.claim, job.pieces);
    for (; piece != end; ++piece)
      job.call(job.context, piece);
    if (arrivals.load(std::memory_order_relaxed) != seen)
      return false;
  }
}

/// The open job with the fewest helpers, the oldest of several; null if there
/// is none or enough threads work already.
CpuThreadPool::Job *CpuThreadPool::pickJob() {
  if (working >= limit)
    return nullptr;
  Job *best = nullptr;
  for (Job *job = first; job; job = job->after)
    if (job->next.load(std::memory_order_relaxed) < job->pieces &&
        (!best || job->helpers < best->helpers))
      best = job;
  return best;
}

void CpuThreadPool::wakeIfUseful() {
  if (idle != 0 && pickJob())
    wake.notify_one();
}

void CpuThreadPool::help() {
  std::unique_lock<std::mutex> lock(mutex);
  for (;;) {
    Job *job = nullptr;
    ++idle;
    wake.wait(lock, [&] { return stopping || (job = pickJob()); });
    --idle;
    if (stopping)
      return;
    ++working;
    ++job->helpers;
    // One wakes the next, so that nobody waits for many to be woken.
    wakeIfUseful();
    lock.unlock();
    takePieces(*job);
    lock.lock();
    --working;
    if (--job->helpers == 0)
      job->left.notify_one();
  }
}

void CpuThreadPool::run(Job &job) {
  if (limit == 1 || job.pieces <= job.claim) {
    for (int64_t piece = 0; piece < job.pieces; ++piece)
      job.call(job.context, piece);
    return;
  }

  std::unique_lock<std::mutex> lock(mutex);
  job.before = last;
  (last ? last->after : first) = &job;
  last = &job;
  ++working;
  arrivals.fetch_add(1, std::memory_order_relaxed);
  wakeIfUseful();
  lock.unlock();

  while (!takePieces(job))
    ;

  lock.lock();
  (job.before ? job.before->after : first) = job.after;
  (job.after ? job.after->before : last) = job.before;
  --working;
  wakeIfUseful();
  job.left.wait(lock, [&] { return job.helpers == 0; });
}

} // namespace recflex
