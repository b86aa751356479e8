// Package elle looks for anomalies in histories of transactions that append values to lists and read lists.
//
// It follows Kyle Kingsbury and Peter Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations"
// (VLDB 2020), whose names of anomalies it has. They are those of Atul Adya, "Weak Consistency: A Generalized Theory
// and Optimistic Implementations for Distributed Transactions" (1999).
//
// A list that is only ever appended to, with values that are all different, tells its own history: a read of [1 2 3]
// says that the list had the versions [], [1], [1 2] and [1 2 3], in this order. So the order in which transactions
// must have happened is known wherever one of them read or followed what another wrote:
//
//   - ww: the second appended the value behind the first one's;
//   - wr: the second read a list whose last value is the first one's;
//   - rw: the first read a list that lacks the value which the second appended next;
//   - rt: the first had returned before the second was called.
//
// A cycle of these is an order that cannot be. Which cycles a database may have depends on its isolation level, see
// [Level.Forbids].
package elle
