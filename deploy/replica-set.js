// Makes the three servers of compose.yaml one replica set, once, and waits until one of them takes writes.
const members = ["mongo1", "mongo2", "mongo3"].map((host, id) => ({ _id: id, host: `${host}:27017` }));

try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "parley", members });
}
while (!db.hello().primary) sleep(200);
