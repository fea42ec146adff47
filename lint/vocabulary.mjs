// The vocabulary of docs/style.md. Each entry says what to write instead.

/** Terms that stand in no comment, error text, log line, summary or test title. */
export const FORBIDDEN = [
  [
    /\b(who|whoever|whom|somebody|someone|nobody|anybody|anyone|everybody|everyone|no one)\b/i,
    'name the subject: client, gateway, user, row',
  ],
  [/\b(gives?|gave|giving)\b/i, 'write "returns", "sends" or "contains"'],
  [/\b(tells?|told|telling)\b/i, 'write "reports", "sends" or "logs"'],
  [/\bwords\b/i, 'write "message" or "text"'],
  [
    /\b(is|are|was|were|be) no (?!longer\b|more\b|later\b|earlier\b|fewer\b|less\b|other\b|effect\b|limit\b)/i,
    'write "is not a …" or "without"',
  ],
  [
    /\b(front door|door|lobby|waiting room|the house|visitors?|slips|news)\b/i,
    'use the term of OpenSSH, PostgreSQL or Kubernetes, or of docs/glossary.md',
  ],
];

/** A sentence does not begin with these: its subject is a named thing. */
export const FORBIDDEN_STARTS = /^(what|whether|where|how|why|which)\b/i;

export const MAX_WORDS = 25;

/** Third-person verbs that a doc comment of a function or method may begin with. Add one when it says something that none of these says. */
export const VERBS = new Set(
  `Accepts Acknowledges Acquires Adds Advances Aligns Allocates Allows Answers Appends Applies Asks Asserts Assigns Attaches Audits Authenticates Authorizes
  Awaits Backs Batches Becomes Begins Binds Blocks Bridges Bounds Breaks Broadcasts Buffers Builds Calculates Calls Cancels Carries Catches Chains Changes Checks Chooses
  Claims Cleans Clears Clones Closes Collects Combines Commits Compares Compiles Completes Compresses Computes Concatenates Confirms Connects Constructs Consumes
  Contains Continues Converts Copies Corrects Counts Covers Creates Cuts Decides Declares Decodes Decompresses Decrements Decrypts Defines Delays Deletes Delivers Denies Derives
  Describes Destroys Detaches Detects Determines Dials Discards Disconnects Does Downloads Drains Draws Drives Drops Edits Embeds Emits Enables Encodes Encrypts Ends
  Enforces Enqueues Ensures Escapes Establishes Evaluates Examines Exchanges Excludes Executes Exits Expands Expects Expires Explains Exports Exposes Extends Extracts
  Fails Feeds Fetches Fills Filters Finds Finishes Fires Flushes Follows Forces Forgets Forks Formats Forwards Frames Frees Generates Gets Grants Groups Guards
  Handles Hands Hashes Hides Holds Identifies Ignores Implements Imports Includes Increments Indexes Infers Informs Initializes Injects Inserts Installs Interprets
  Interrupts Invalidates Invokes Iterates Joins Judges Keeps Kills Labels Launches Leaves Lets Limits Links Lists Listens Loads Locates Locks Logs Looks Makes Maps Marks
  Masks Matches Measures Merges Migrates Mixes Models Moves Names Narrows Negotiates Normalizes Notes Notifies Numbers Observes Offers Omits Opens Orders Owns Packs Pads Parses
  Passes Pauses Persists Picks Pins Pipes Places Plans Plays Polls Prepares Presents Preserves Prevents Prints Probes Proceeds Produces Promises Protects Proves Provides Proxies Publishes Pulls
  Purges Pushes Puts Quarantines Queries Queues Quits Quotes Raises Re-exports Reaches Reads Rebuilds Receives Reconnects Records Recovers Redacts Redraws Reduces Refreshes Refuses
  Registers Rejects Relays Releases Reloads Remembers Removes Renames Renders Renews Reorders Repeats Replaces Replays Replies Reports Represents Requests Requires Reserves Resets
  Resizes Resolves Responds Restarts Restores Restricts Resumes Retains Retries Returns Reverts Revokes Rewrites Rolls Rotates Rounds Routes Runs Samples Sanitizes Saves Scans
  Schedules Scores Seals Searches Seeks Seeds Selects Sends Separates Serializes Serves Sets Shares Shifts Ships Shows Shuts Signals Signs Skips Slices Sorts Spawns Splits Spools Stamps Starts
  Stops Stores Streams Strips Submits Subscribes Substitutes Subtracts Sums Summarizes Supplies Suppresses Suspends Swaps Switches Synchronizes Takes Tears Terminates Tests Throttles Throws Tracks Transfers
  Transforms Translates Trims Truncates Turns Types Unbinds Undoes Unlocks Unpacks Unpins Unseals Unsubscribes Unwraps Updates Uploads Upgrades Uses Validates Verifies Visits Waits Wakes Walks Warns
  Wipes Watches Widens Tries Echoes Prompts Sees Withdraws Withholds Wraps Writes Yields`.split(/\s+/),
);
