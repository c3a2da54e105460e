// Package metamodel holds what a server says against the protocol's own model:
// the metaModel.json of LSP 3.18, which describes every message and type of the
// protocol for machines.
//
//	check := metamodel.NewSession()
//	check.Client(request)           // every message of the client, in order
//	for _, d := range check.Server(response) {
//		t.Errorf("%s: %s", response, d)
//	}
//
// It is stricter than the protocol, which lets both sides ignore what they do
// not know: a property that the model does not have is a defect, since it is
// either a slip of the pen or a private agreement that belongs into own.json,
// and a property given twice is one too.
//
// own.json describes in the same form what the protocol does not: our own
// methods (docs/protocol.md) and those of the Copilot server that clients look
// for. It adds to the model and takes nothing away.
//
// Like the strict editor it uses none of the code or the libraries of the
// server, so that it is a second opinion.
package metamodel
