// Package replica chooses the server that answers a read: a standby, where it shows what the read must see, and the
// primary otherwise.
//
// A [Scope] remembers the position of the log that its reads must have reached: behind its own commits, and behind what
// its reads have shown. A [Set] knows the servers of a database, which of them are standbys, and how far they are. It
// asks all of them from time to time, so that a promotion changes the roles.
//
// The rules by which no read is older than it may be:
//
//   - a standby only goes forward. So what it has once told of its position holds until it is started again, and the
//     reads of a scope that one standby answers, one after the other, do not go back;
//   - before a scope goes from one server to another, a read of it is answered by the primary, behind which it learns
//     the position: no server has shown more than that;
//   - a write of which the scope does not know the position has the same effect;
//   - after a promotion no standby answers before it has got to a position that the new primary had, which one that
//     follows another primary does not: see [Set.admit].
package replica
