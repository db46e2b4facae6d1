// A tester's hand on the tablet's page: it uses the app's own modules, the very ones the page runs.
async () => {
  const at = "/static/js/kiosk/";
  const { openOutbox } = await import(`${at}outbox.js`);
  const { settings } = await import(`${at}settings.js`);
  const { clock } = await import(`${at}clock.js`);
  const { newReceipt } = await import(`${at}receipt.js`);
  const { partsFor } = await import(`${at}offer.js`);
  const { publicKeyFrom } = await import("/static/js/seal.js");
  const outbox = await openOutbox();
  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  /** Read the pack, and the key to which this event's envelopes are closed. */
  async function desk() {
    const { event } = await settings.get("pack");
    const publicRaw = await publicKeyFrom(event.key.public);
    return { event, key: { id: event.key.id, publicRaw } };
  }

  /** Write what a signer gives, as the form does. */
  function payload({ petitions }, { name, email, language }) {
    const [petition] = petitions;
    const asked = partsFor(petition, language, "KR", { mailbox: email !== "" });
    const parts = asked.filter((part) => part.required);
    return {
      v: 1, kind: "sign", petition: petition.uid, text: petition.texts[language].sha256,
      parts: parts.map((part) => part.sha256), name, email, country: "KR", language,
      hour: clock.hour(), receipt: newReceipt(),
    };
  }

  globalThis.hand = {
    /** Let people sign, one after the other; whoever is thanked is told to the test at once. */
    async sign(people) {
      const { event, key } = await desk();
      const [{ install }] = await outbox.installs();
      const took = [];
      for (const person of people) {
        const began = performance.now();
        const { id, seq } = await outbox.add({ event: event.uid, key, payload: payload(event, person) });
        took.push(performance.now() - began);
        await globalThis.thanked({ id, seq, install });
      }
      return took;
    },

    /** Read the outbox's own database: every number that was given, and whether its envelope is here. */
    async items() {
      const database = await asked(indexedDB.open("lantern-outbox"));
      try {
        const read = database.transaction(["items", "done"]);
        const all = await Promise.all(["items", "done"].map((it) => asked(read.objectStore(it).getAll())));
        return all.flatMap((rows, at) => rows.map(({ id, install, event, seq }) => ({ id, install, event, seq, held: at === 0 })));
      } finally {
        database.close();
      }
    },
  };
}
