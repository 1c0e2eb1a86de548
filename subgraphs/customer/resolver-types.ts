// Generated from schema.graphql by `npm run codegen`; not to be edited.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { CustomerRow } from './rows.ts';
import type { Connection, Edge } from '../../shared/subgraph/connection.ts';
import type { Context } from './loaders.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in time, ISO 8601 with an offset, such as `2026-06-30T12:00:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** Sales region. */
export type Region =
  /** The Americas. */
  | 'AMER'
  /** Asia and the Pacific. */
  | 'APAC'
  /** Europe, the Middle East and Africa. */
  | 'EMEA';

/** How loyal a customer is, from the first purchase up. */
export type LoyaltyTier =
  /** From the first purchase. */
  | 'BRONZE'
  /** From the second year or ten orders. */
  | 'SILVER'
  /** From the third year or thirty orders. */
  | 'GOLD'
  /** By invitation. */
  | 'PLATINUM';

/** Order of a list of customers. */
export type CustomerSort =
  /** By id, lowest first. */
  | 'ID_ASC'
  /** By name, from A. */
  | 'NAME_ASC'
  /** By name, from Z. */
  | 'NAME_DESC'
  /** Oldest customers first. */
  | 'CREATED_AT_ASC'
  /** Newest customers first. */
  | 'CREATED_AT_DESC';

export type Query = {
  readonly __typename?: 'Query';
  /** One customer by id, or null where there is none. */
  readonly customer?: Maybe<Customer>;
  /** All customers, page by page. */
  readonly customers?: Maybe<CustomerConnection>;
};


export type QueryCustomerArgs = {
  id: Scalars['ID']['input'];
};


export type QueryCustomersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CustomerFilter>;
  sort?: InputMaybe<CustomerSort>;
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Changes how a customer is reached. Fields left out stay as they are. */
  readonly updateCustomerContact?: Maybe<UpdateCustomerContactPayload>;
};


export type MutationUpdateCustomerContactArgs = {
  input: UpdateCustomerContactInput;
};

/** Somebody who bought or may buy from us. */
export type Customer = {
  readonly __typename?: 'Customer';
  /** Stable id, such as `C0001`. */
  readonly id: Scalars['ID']['output'];
  /** Full name as the customer writes it. */
  readonly name: Scalars['String']['output'];
  /** E-mail address; masked unless the caller may see personal contact data. */
  readonly email?: Maybe<Scalars['String']['output']>;
  /** Telephone number as E.164; only its last digits unless the caller may see personal contact data. */
  readonly phone?: Maybe<Scalars['String']['output']>;
  /** Sales region that serves the customer. */
  readonly region: Region;
  /** Country of residence, ISO 3166-1 alpha-2. */
  readonly country: Scalars['String']['output'];
  /** Postal address. */
  readonly address?: Maybe<Address>;
  /** Amount up to which the customer buys on account, in euro. */
  readonly creditLimit?: Maybe<Scalars['Float']['output']>;
  /** Loyalty programme tier. */
  readonly loyaltyTier: LoyaltyTier;
  /** When the customer first registered. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** A postal address. */
export type Address = {
  readonly __typename?: 'Address';
  /** Street and number. */
  readonly line1: Scalars['String']['output'];
  /** City or town. */
  readonly city: Scalars['String']['output'];
  /** Postal code in the country's own form. */
  readonly postalCode: Scalars['String']['output'];
  /** ISO 3166-1 alpha-2. */
  readonly country: Scalars['String']['output'];
};

/** A page of customers. */
export type CustomerConnection = {
  readonly __typename?: 'CustomerConnection';
  /** The page's customers with their cursors. */
  readonly edges: ReadonlyArray<CustomerEdge>;
  /** The page's customers. */
  readonly nodes: ReadonlyArray<Customer>;
  /** Where the page stands in the whole. */
  readonly pageInfo: PageInfo;
  /** How many customers match in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A customer and its place in the list. */
export type CustomerEdge = {
  readonly __typename?: 'CustomerEdge';
  /** Opaque place of the customer in this list. */
  readonly cursor: Scalars['String']['output'];
  /** The customer. */
  readonly node?: Maybe<Customer>;
};

/** Where a page stands in the whole list. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** True where more follows. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** True where the page does not start at the beginning. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first item, null on an empty page. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
  /** Cursor of the last item, null on an empty page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
};

/** Conditions on customers. There is none on contact data: it could be searched out. */
export type CustomerFilter = {
  /** Only customers of this region. */
  readonly region?: InputMaybe<Region>;
  /** Only customers of this country, ISO 3166-1 alpha-2. */
  readonly country?: InputMaybe<Scalars['String']['input']>;
  /** Only customers of this tier. */
  readonly loyaltyTier?: InputMaybe<LoyaltyTier>;
  /** Only customers registered at or after this moment. */
  readonly createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only customers registered before this moment. */
  readonly createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What to change of a customer's contact data. */
export type UpdateCustomerContactInput = {
  /** Whose contact data. */
  readonly customerId: Scalars['ID']['input'];
  /** New e-mail address. */
  readonly email?: InputMaybe<Scalars['String']['input']>;
  /** New telephone number, E.164. */
  readonly phone?: InputMaybe<Scalars['String']['input']>;
};

/** The customer after the change; contact data is masked as in queries. */
export type UpdateCustomerContactPayload = {
  readonly __typename?: 'UpdateCustomerContactPayload';
  /** The changed customer. */
  readonly customer?: Maybe<Customer>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Customer: Customer;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Customer:
    ( { __typename: 'Customer' }
    & GraphQLRecursivePick<FederationTypes['Customer'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Region: Region;
  LoyaltyTier: LoyaltyTier;
  CustomerSort: CustomerSort;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Customer: ResolverTypeWrapper<CustomerRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Address: ResolverTypeWrapper<Address>;
  CustomerConnection: ResolverTypeWrapper<Connection<CustomerRow>>;
  CustomerEdge: ResolverTypeWrapper<Edge<CustomerRow>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CustomerFilter: CustomerFilter;
  UpdateCustomerContactInput: UpdateCustomerContactInput;
  UpdateCustomerContactPayload: ResolverTypeWrapper<Omit<UpdateCustomerContactPayload, 'customer'> & { customer?: Maybe<ResolversTypes['Customer']> }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  Query: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Mutation: Record<PropertyKey, never>;
  Customer: CustomerRow;
  Float: Scalars['Float']['output'];
  Address: Address;
  CustomerConnection: Connection<CustomerRow>;
  CustomerEdge: Edge<CustomerRow>;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  CustomerFilter: CustomerFilter;
  UpdateCustomerContactInput: UpdateCustomerContactInput;
  UpdateCustomerContactPayload: Omit<UpdateCustomerContactPayload, 'customer'> & { customer?: Maybe<ResolversParentTypes['Customer']> };
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType, RequireFields<QueryCustomerArgs, 'id'>>;
  customers?: Resolver<Maybe<ResolversTypes['CustomerConnection']>, ParentType, ContextType, RequireFields<QueryCustomersArgs, 'first' | 'sort'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  updateCustomerContact?: Resolver<Maybe<ResolversTypes['UpdateCustomerContactPayload']>, ParentType, ContextType, RequireFields<MutationUpdateCustomerContactArgs, 'input'>>;
};

export type CustomerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Customer'] = ResolversParentTypes['Customer'], FederationReferenceType extends FederationReferenceTypes['Customer'] = FederationReferenceTypes['Customer']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Customer']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  region?: Resolver<ResolversTypes['Region'], ParentType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['Address']>, ParentType, ContextType>;
  creditLimit?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  loyaltyTier?: Resolver<ResolversTypes['LoyaltyTier'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type AddressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Address'] = ResolversParentTypes['Address']> = {
  line1?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  city?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  postalCode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CustomerConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CustomerConnection'] = ResolversParentTypes['CustomerConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CustomerEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Customer']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CustomerEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CustomerEdge'] = ResolversParentTypes['CustomerEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UpdateCustomerContactPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateCustomerContactPayload'] = ResolversParentTypes['UpdateCustomerContactPayload']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  DateTime?: GraphQLScalarType;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Customer?: CustomerResolvers<ContextType>;
  Address?: AddressResolvers<ContextType>;
  CustomerConnection?: CustomerConnectionResolvers<ContextType>;
  CustomerEdge?: CustomerEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  UpdateCustomerContactPayload?: UpdateCustomerContactPayloadResolvers<ContextType>;
};

