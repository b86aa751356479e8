// Package events tests what observers and logs are told of a connection, on both engines.
package events
