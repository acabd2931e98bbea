/**
 * What can go wrong on the way to the data.
 *
 * Refused        the server answered with an error; its message says what to do
 * Unreachable    no answer came: the server is gone or the network is
 * BadAnswer      an answer that is not in the wire format
 * GaveUp         the person who was asked for something did not give it
 */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export class Unreachable extends Error {}

export class BadAnswer extends Error {}

export class GaveUp extends Error {}
