/** Names of runs that a table tells by an id and a name: the name, and behind it the id where a name is used twice. */

export class RunNames {
  private readonly byId = new Map<string, string>();
  private readonly taken = new Map<string, string>();

  /** The name of a run, which it keeps. `id` or `name` may be empty: old tables have no ids. */
  nameOf(id: string, name: string): string {
    if (id === "") return name;
    let own = this.byId.get(id);
    if (own === undefined) {
      const isFree = name !== "" && (this.taken.get(name) ?? id) === id;
      own = isFree ? name : name === "" ? id : `${name} (${id})`;
      this.byId.set(id, own);
      this.taken.set(own, id);
    }
    return own;
  }
}
