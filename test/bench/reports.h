#pragma once

/*
 * Writes numbered reports at a steady pace, reads them again at the other end, and tells how long
 * each was on its way: from before its write to after the read that brought it, by CLOCK_MONOTONIC.
 * A report is relative motion and carries its number: x is its low bits and 1, y its high bits and
 * 1. So one that was merged with another has a number that was not written yet, and counts as lost.
 */

#include <stdint.h>
#include <stdio.h>

struct reports_link {
  int out;
  int in;
};

enum { REPORTS_MOST_LINKS = 8, REPORTS_WARM_UP = 1000 };

struct reports_plan {
  unsigned hz;
  /* On each link, after as many as REPORTS_WARM_UP that are not part of the latencies. */
  unsigned count;
  /* Between the first report that came through and the first that counts. */
  unsigned settle_ms;
  unsigned link_count;
  struct reports_link links[REPORTS_MOST_LINKS];
};

struct reports_result {
  double p50_us, p99_us, p999_us, max_us;
  unsigned lost;
};

/*
 * Returns once one report has come through on every link, for whoever forwards may still be
 * starting, and all has settled. To be called first, and reports_run once after it.
 */
void reports_await(const struct reports_plan *plan);

struct reports_result reports_run(const struct reports_plan *plan);

/* As JSON; `cpu_ns` is what forwarding them took, negative where nobody did. */
void reports_print(const struct reports_plan *plan, const struct reports_result *result,
                   int64_t cpu_ns);
