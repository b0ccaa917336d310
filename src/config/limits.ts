/*
 * The most of each thing that the switchboard holds, told to a person by the place in the file
 * before the service meets it. The numbers are those of `native/switchboard-limits.h`.
 */

export const mostSeats = 16;

/** Different ones, of all seats together: the host takes the place of another. */
export const mostDomains = 15;

/** Of all seats together, those of `chordsOfSeat` included. */
export const mostChords = 64;

export const mostChordKeys = 8;

/**
 * What each seat has for itself: the toggle chord, the panic chord, and the keys of `ourGrabToggle`,
 * which the switchboard keeps from QEMU.
 */
export const chordsOfSeat = 3;
