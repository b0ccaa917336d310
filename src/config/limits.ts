/*
 * The most of each thing that the switchboard holds, told to a person by the place in the file
 * before the service meets it. The numbers are those of `native/switchboard-limits.h`.
 */

export const mostSeats = 16;

/** Of all seats together, those of `chordsOfSeat` included. */
export const mostChords = 64;

export const mostChordKeys = 8;

/** The toggle chord and the panic chord, which each seat has for itself. */
export const chordsOfSeat = 2;
