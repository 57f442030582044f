// What Node itself takes to run an ES module.
