import type { FriendMessage, FriendState } from './friendship.ts';

/** The expected state: the applied actions in sequence, without queues and streams. */
export class FriendshipModel {
  readonly #requests = new Set<string>();
  readonly #friendships = new Set<string>();

  /** Whether an action is applicable after all changes before it are processed. */
  isApplicable({ player_id, friend_id, friend_action }: FriendMessage): boolean {
    const state = this.stateOf(player_id, friend_id);
    if (friend_action === 'Request') return state === undefined;
    return state === (friend_action === 'Unfriend' ? 'Friends' : 'Pending');
  }

  apply({ player_id, friend_id, friend_action }: FriendMessage): void {
    const friendship = [player_id, friend_id].sort().join();
    const own = `${player_id}>${friend_id}`;
    const other = `${friend_id}>${player_id}`;
    switch (friend_action) {
      case 'Request':
        if (this.#requests.delete(other)) this.#friendships.add(friendship);
        else this.#requests.add(own);
        break;
      case 'Accept':
        if (this.#requests.delete(other)) this.#friendships.add(friendship);
        break;
      case 'Reject':
        this.#requests.delete(other);
        break;
      case 'Unfriend':
        this.#friendships.delete(friendship);
    }
  }

  stateOf(player: string, friend: string): FriendState | undefined {
    if (this.#friendships.has([player, friend].sort().join())) return 'Friends';
    if (this.#requests.has(`${player}>${friend}`)) return 'Requested';
    return this.#requests.has(`${friend}>${player}`) ? 'Pending' : undefined;
  }
}
