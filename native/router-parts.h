#pragma once

/*
 * The router's parts: router.c takes what comes in, router-seats.c moves seats between owners, and
 * router-forward.c passes on what sources say. Private to these.
 */

#include "router.h"

/* Sends a seat to a target, as far as it can go now. */
void want_seat(struct router *router, unsigned seat, unsigned to, enum why why);

/* Goes on as far as it can now; called again after each report that may let a key go. */
void advance_seat(struct router *router, unsigned seat);

/* A seat stays with its owner, and whoever asked is told why; see router_ports.refused. */
void refuse_seat(struct router *router, unsigned seat, unsigned slot, int reason);

/* Releases what a source that is taken holds, and gives it back to the host. */
void give_back(struct router *router, unsigned slot);

/* Gives back the seat's sources that have a clone at its owner which nobody reads any more. */
void leave_unread(struct router *router, unsigned seat);

/* Whether a source of this seat is to be taken, or left to the host. */
bool is_to_be_taken(const struct router *router, unsigned slot, unsigned seat);

/* Whether the keyboard and pointer that the seat's sources need there have somebody who listens. */
bool is_listened_to(struct router *router, unsigned seat, unsigned target);

bool is_in(const struct router *router, unsigned slot, unsigned seat);

/* A report goes to a domain: where nothing was sent for long, whether it listens is asked at once. */
void note_sent(struct router *router, int64_t time);

/* Passes on the report that a source has made, less presses of `muted` keys (NULL: none). */
void forward_report(struct router *router, unsigned slot, int64_t time, const key_set muted);

/* Releases everything that a source holds on its sinks. */
void release_source(struct router *router, unsigned slot);

/* Ends the touches that a source has on its sink. */
void end_touches(struct router *router, unsigned slot);

/* Releases one key, if the source holds it there; the caller ends the report. */
void release_key(struct router *router, unsigned slot, unsigned key);

/* Ends the report of every sink that has been given something. */
void end_reports(struct router *router);

/* Where a source's event goes while its seat's owner is who it is; 0: nowhere. */
unsigned sink_of(const struct router *router, unsigned slot, unsigned type, unsigned code);
