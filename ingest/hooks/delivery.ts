// What every judge of deliveries gives: how what was sent is kept.
export interface JudgedDelivery {
  readonly records: number;
  /** When it was sent, where it says so itself. */
  readonly sentAt?: Date;
  /** What is kept: the bytes that came, or their records in the envelope that staging reads. Nothing of a wake-up. */
  readonly body: Uint8Array;
  /** True where it only says that something happened: the vendor is asked, and what was sent is not believed. */
  readonly wakes?: Wake;
}
export interface Wake {
  /** False where only the source's own wake streams have to be asked. */
  readonly whole: boolean;
}
