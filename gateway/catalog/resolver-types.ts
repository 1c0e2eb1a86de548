// Generated from schema.graphql by `npm run codegen`; not to be edited.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { DataProductRow, DataProductConnectionRow, OutputPortRow, InputPortRow, CatalogFieldRow, ServiceLevelRow, QualityCheckRow, LineageGraphRow, LineageNodeRow } from './rows.ts';
import type { Edge, Connection } from '../../shared/subgraph/connection.ts';
import type { Context } from './loaders.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

/** How far a data product is. */
export type CatalogStatus =
  /** In the making; may change without notice. */
  | 'DRAFT'
  /** In use; changes are announced. */
  | 'ACTIVE'
  /** To be replaced or ended; still served. */
  | 'DEPRECATED'
  /** No longer served. */
  | 'RETIRED';

/** How sensitive data is, from harmless up. */
export type CatalogClassification =
  /** For everybody. */
  | 'PUBLIC'
  /** For everybody in the company. */
  | 'INTERNAL'
  /** For those whose work needs it. */
  | 'CONFIDENTIAL'
  /** Protected by a mask, a scope or a policy; every delivery is recorded. */
  | 'RESTRICTED';

/** Order of a list of data products. */
export type DataProductSort =
  /** Best match of the search first; without a search by name. */
  | 'RELEVANCE'
  /** By name, from A. */
  | 'NAME_ASC'
  /** By name, from Z. */
  | 'NAME_DESC'
  /** The most recently changed first. */
  | 'UPDATED_AT_DESC';

/** Which way lineage is followed. */
export type LineageDirection =
  /** To where the data comes from. */
  | 'UPSTREAM'
  /** To where the data goes. */
  | 'DOWNSTREAM'
  /** Both ways. */
  | 'BOTH';

/** What a place in the lineage is. */
export type LineageNodeKind =
  /** A field of the graph; its id is the coordinate. */
  | 'FIELD'
  /** A table, file or topic outside the graph; its id is `namespace/name`. */
  | 'DATASET'
  /** A column of a dataset; its id is `namespace/name#column`. */
  | 'DATASET_FIELD'
  /** A pipeline that makes one dataset of another. */
  | 'JOB';

/** Why data of one place is in another. */
export type LineageEdgeKind =
  /** The value itself, or one computed from it. */
  | 'DIRECT'
  /** It decides whether or which value appears: a join, a filter, a sort order. */
  | 'INDIRECT';

/** How a check of quality ended. */
export type QualityOutcome =
  /** The data is as the rule says. */
  | 'PASSED'
  /** The data is not as the rule says. */
  | 'FAILED'
  /** The rule could not be evaluated. */
  | 'ERRORED';

/** What a service level is about. */
export type ServiceLevelKind =
  /** Percent of requests answered. */
  | 'AVAILABILITY'
  /** 95th percentile of a request, in milliseconds. */
  | 'LATENCY'
  /** Percent of requests answered with an error. */
  | 'ERROR_RATE'
  /** Age of the data, in seconds. */
  | 'FRESHNESS';

/** How a service level is kept. */
export type ServiceLevelState =
  /** Within the objective. */
  | 'MET'
  /** Within the objective, but the error budget is used up too fast. */
  | 'AT_RISK'
  /** Outside the objective. */
  | 'BREACHED'
  /** Not measured yet. */
  | 'UNKNOWN';

/** What happened to a place of the API. */
export type CatalogChangeKind =
  /** It is new. */
  | 'ADDED'
  /** It is gone. */
  | 'REMOVED'
  /** Its type, description or rules are others. */
  | 'CHANGED';

export type Query = {
  readonly __typename?: 'Query';
  /** Data products of the mesh, page by page; every condition given must hold. */
  readonly dataProducts?: Maybe<DataProductConnection>;
  /** One data product by id, such as `customer.customers`, or null where there is none. */
  readonly dataProduct?: Maybe<DataProduct>;
  /** Fields of data products, page by page; every condition given must hold. */
  readonly catalogFields?: Maybe<CatalogFieldConnection>;
  /** One field by its coordinate, such as `Customer.email`, or null where there is none. */
  readonly catalogField?: Maybe<CatalogField>;
  /** Where data comes from and where it goes, around one place. */
  readonly lineage?: Maybe<LineageGraph>;
  /** How the mesh as a whole does. */
  readonly mesh?: Maybe<MeshMetrics>;
};


export type QueryDataProductsArgs = {
  search?: InputMaybe<Scalars['String']['input']>;
  domain?: InputMaybe<Scalars['String']['input']>;
  owner?: InputMaybe<Scalars['String']['input']>;
  classification?: InputMaybe<CatalogClassification>;
  tag?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  sort?: InputMaybe<DataProductSort>;
};


export type QueryDataProductArgs = {
  id: Scalars['ID']['input'];
};


export type QueryCatalogFieldsArgs = {
  search?: InputMaybe<Scalars['String']['input']>;
  product?: InputMaybe<Scalars['ID']['input']>;
  classification?: InputMaybe<CatalogClassification>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


export type QueryCatalogFieldArgs = {
  coordinate: Scalars['ID']['input'];
};


export type QueryLineageArgs = {
  of: Scalars['ID']['input'];
  direction?: InputMaybe<LineageDirection>;
  depth?: InputMaybe<Scalars['Int']['input']>;
};

/** Data that a domain offers, as its owners describe it and as the graph serves it. */
export type DataProduct = {
  readonly __typename?: 'DataProduct';
  /** Stable id: `domain.product`. */
  readonly id: Scalars['ID']['output'];
  /** The domain that answers for it. */
  readonly domain: Scalars['String']['output'];
  /** Name for people. */
  readonly name: Scalars['String']['output'];
  /** Version of the product, as its owners count. */
  readonly version: Scalars['String']['output'];
  /** How far it is. */
  readonly status: CatalogStatus;
  /** What it holds; null where its domain sent no descriptor. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** What it is meant to be used for, and by whom. */
  readonly purpose?: Maybe<Scalars['String']['output']>;
  /** How it may be used. */
  readonly usage?: Maybe<Scalars['String']['output']>;
  /** What it is not good for. */
  readonly limitations?: Maybe<Scalars['String']['output']>;
  /** The licence of its data, where there is one. */
  readonly license?: Maybe<Scalars['String']['output']>;
  /** What its use costs, where it costs. */
  readonly billing?: Maybe<Scalars['String']['output']>;
  /** Who answers for it. */
  readonly owner?: Maybe<CatalogOwner>;
  /** Where its users are helped. */
  readonly support?: Maybe<ReadonlyArray<SupportChannel>>;
  /** Its tags. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** The highest classification of its fields; null where none is classified. */
  readonly classification?: Maybe<CatalogClassification>;
  /** The subgraph that serves it. */
  readonly subgraph: Scalars['String']['output'];
  /** When the version that is served was published. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** What it offers: types of the graph. */
  readonly outputPorts: ReadonlyArray<OutputPort>;
  /** What it is made from. */
  readonly inputPorts: ReadonlyArray<InputPort>;
  /** All fields of its output ports. */
  readonly fields: ReadonlyArray<CatalogField>;
  /** Rules that hold for the whole product. */
  readonly rules: ReadonlyArray<CatalogRule>;
  /** Who may do what with it. */
  readonly roles: ReadonlyArray<ProductRole>;
  /** What its owners promise, and how it is kept. */
  readonly serviceLevels: ReadonlyArray<ServiceLevel>;
  /** How its data is checked, and with which results. */
  readonly qualityChecks: ReadonlyArray<QualityCheck>;
  /** What pipelines asserted of the datasets that it is made from, where no rule of quality names it: at most 100. */
  readonly pipelineTests?: Maybe<ReadonlyArray<PipelineTest>>;
  /** Applications that used it in the last 90 days. */
  readonly consumers?: Maybe<ReadonlyArray<CatalogConsumer>>;
  /** How many applications used it in the last 90 days. */
  readonly consumerCount: Scalars['Int']['output'];
  /** Its published versions, newest first. */
  readonly versions: ReadonlyArray<ProductVersion>;
  /** What changed in its fields, newest first. */
  readonly changes: ReadonlyArray<CatalogChange>;
  /** Path of its contract in the Open Data Contract Standard, at the gateway. */
  readonly contractPath: Scalars['String']['output'];
  /** Path of its description in the Open Data Product Standard, at the gateway. */
  readonly productPath: Scalars['String']['output'];
};


/** Data that a domain offers, as its owners describe it and as the graph serves it. */
export type DataProductPipelineTestsArgs = {
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** Data that a domain offers, as its owners describe it and as the graph serves it. */
export type DataProductChangesArgs = {
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of data products. */
export type DataProductConnection = {
  readonly __typename?: 'DataProductConnection';
  /** The page's products with their cursors. */
  readonly edges: ReadonlyArray<DataProductEdge>;
  /** The page's products. */
  readonly nodes: ReadonlyArray<DataProduct>;
  /** Where the page stands in the whole. */
  readonly pageInfo: PageInfo;
  /** How many products match in all. */
  readonly totalCount: Scalars['Int']['output'];
  /** How the matching products are spread. */
  readonly facets: DataProductFacets;
};

/** A data product and its place in the list. */
export type DataProductEdge = {
  readonly __typename?: 'DataProductEdge';
  /** Opaque place of the product in this list. */
  readonly cursor: Scalars['String']['output'];
  /** The product. */
  readonly node?: Maybe<DataProduct>;
};

/** How many of the matching products have what. */
export type DataProductFacets = {
  readonly __typename?: 'DataProductFacets';
  /** By domain. */
  readonly domains: ReadonlyArray<FacetCount>;
  /** By the owner's team. */
  readonly owners: ReadonlyArray<FacetCount>;
  /** By classification of their data. */
  readonly classifications: ReadonlyArray<FacetCount>;
  /** By tag. */
  readonly tags: ReadonlyArray<FacetCount>;
};

/** One value and how often it occurs. */
export type FacetCount = {
  readonly __typename?: 'FacetCount';
  /** The value. */
  readonly value: Scalars['String']['output'];
  /** How many products have it. */
  readonly count: Scalars['Int']['output'];
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

/** A team that answers for data. */
export type CatalogOwner = {
  readonly __typename?: 'CatalogOwner';
  /** The team. */
  readonly team: Scalars['String']['output'];
  /** How it is reached. */
  readonly contact?: Maybe<Scalars['String']['output']>;
};

/** A place where users of a product are helped. */
export type SupportChannel = {
  readonly __typename?: 'SupportChannel';
  /** Name of the channel. */
  readonly channel: Scalars['String']['output'];
  /** Its address. */
  readonly url: Scalars['String']['output'];
  /** With which tool, such as slack or email. */
  readonly tool?: Maybe<Scalars['String']['output']>;
  /** What it is for. */
  readonly description?: Maybe<Scalars['String']['output']>;
};

/** A type of the graph that a product offers. */
export type OutputPort = {
  readonly __typename?: 'OutputPort';
  /** Name of the type. */
  readonly type: Scalars['String']['output'];
  /** What it is. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Its fields, as far as the product serves them. */
  readonly fields: ReadonlyArray<CatalogField>;
  /** Rules that hold for each object. */
  readonly rules: ReadonlyArray<CatalogRule>;
};

/** Data that a product is made from. */
export type InputPort = {
  readonly __typename?: 'InputPort';
  /** The data product, where it is one. */
  readonly product?: Maybe<DataProduct>;
  /** Id of the data product, or name of the dataset. */
  readonly source: Scalars['String']['output'];
  /** What is taken from it. */
  readonly description: Scalars['String']['output'];
};

/** A field of a data product. */
export type CatalogField = {
  readonly __typename?: 'CatalogField';
  /** Where it is in the graph, such as `Customer.email`. */
  readonly coordinate: Scalars['ID']['output'];
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** The type that has it. */
  readonly parentType: Scalars['String']['output'];
  /** The product that it belongs to. */
  readonly product: DataProduct;
  /** Its type, as GraphQL prints it. */
  readonly type: Scalars['String']['output'];
  /** What it holds. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Why it should no longer be used; null where it may be. */
  readonly deprecationReason?: Maybe<Scalars['String']['output']>;
  /** How sensitive it is. */
  readonly classification?: Maybe<CatalogClassification>;
  /** Which kinds of personal data it holds. */
  readonly categories: ReadonlyArray<Scalars['String']['output']>;
  /** Its own tags and those of its type. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** The standard that its values follow. */
  readonly format?: Maybe<Scalars['String']['output']>;
  /** True where it is part of a key of its type. */
  readonly isKey: Scalars['Boolean']['output'];
  /** Who answers for it. */
  readonly owner?: Maybe<CatalogOwner>;
  /** How its value is transformed, and for whom not. */
  readonly masks: ReadonlyArray<CatalogRule>;
  /** What a caller needs to get it: a login, scopes, policies. */
  readonly requirements: ReadonlyArray<CatalogRule>;
  /** For which purposes it may be asked. */
  readonly purposes: ReadonlyArray<CatalogRule>;
  /** Which objects callers see at all. */
  readonly rowFilters: ReadonlyArray<CatalogRule>;
  /** For how long it is delivered. */
  readonly retention: ReadonlyArray<CatalogRule>;
  /** Every rule that holds for it: its own, of its type and of what it returns. */
  readonly rules: ReadonlyArray<CatalogRule>;
  /** Where its data comes from. */
  readonly upstream?: Maybe<LineageGraph>;
  /** Where its data goes. */
  readonly downstream?: Maybe<LineageGraph>;
  /** How its data is checked, and with which results. */
  readonly qualityChecks: ReadonlyArray<QualityCheck>;
  /** Applications that used it in the last 90 days. */
  readonly consumers?: Maybe<ReadonlyArray<CatalogConsumer>>;
};


/** A field of a data product. */
export type CatalogFieldUpstreamArgs = {
  depth?: InputMaybe<Scalars['Int']['input']>;
};


/** A field of a data product. */
export type CatalogFieldDownstreamArgs = {
  depth?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of fields. */
export type CatalogFieldConnection = {
  readonly __typename?: 'CatalogFieldConnection';
  /** The page's fields with their cursors. */
  readonly edges: ReadonlyArray<CatalogFieldEdge>;
  /** The page's fields. */
  readonly nodes: ReadonlyArray<CatalogField>;
  /** Where the page stands in the whole. */
  readonly pageInfo: PageInfo;
  /** How many fields match in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A field and its place in the list. */
export type CatalogFieldEdge = {
  readonly __typename?: 'CatalogFieldEdge';
  /** Opaque place of the field in this list. */
  readonly cursor: Scalars['String']['output'];
  /** The field. */
  readonly node?: Maybe<CatalogField>;
};

/** One rule as it holds at a place. */
export type CatalogRule = {
  readonly __typename?: 'CatalogRule';
  /** Name of the directive, without `@`. */
  readonly directive: Scalars['String']['output'];
  /** What it says, in one line. */
  readonly summary: Scalars['String']['output'];
  /** Its arguments, as JSON. */
  readonly arguments: Scalars['String']['output'];
  /** Where it stands: the place itself, its type, or the type that it returns. */
  readonly coordinate: Scalars['String']['output'];
  /** The subgraphs that state it. */
  readonly subgraphs: ReadonlyArray<Scalars['String']['output']>;
  /** Why it holds though nobody wrote it there; null where somebody did. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** A role that its owners give. */
export type ProductRole = {
  readonly __typename?: 'ProductRole';
  /** Name of the role. */
  readonly name: Scalars['String']['output'];
  /** What it may do: read or write. */
  readonly access: Scalars['String']['output'];
  /** Whom it is for. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Scopes that a token of the role carries. */
  readonly scopes: ReadonlyArray<Scalars['String']['output']>;
};

/** A promise about a product. */
export type ServiceLevel = {
  readonly __typename?: 'ServiceLevel';
  /** What it is about. */
  readonly kind: ServiceLevelKind;
  /** What is promised, in one line. */
  readonly objective: Scalars['String']['output'];
  /** The bound: percent, milliseconds or seconds. */
  readonly target: Scalars['Float']['output'];
  /** How it is kept; null where nothing measures it. */
  readonly status?: Maybe<ServiceLevelStatus>;
  /** What was measured, oldest first; null where nothing measures it. */
  readonly series?: Maybe<ReadonlyArray<Measurement>>;
};


/** A promise about a product. */
export type ServiceLevelSeriesArgs = {
  hours?: InputMaybe<Scalars['Int']['input']>;
};

/** How a promise is kept. */
export type ServiceLevelStatus = {
  readonly __typename?: 'ServiceLevelStatus';
  /** Whether it is. */
  readonly state: ServiceLevelState;
  /** What was measured last, in the unit of the promise. */
  readonly value?: Maybe<Scalars['Float']['output']>;
  /** When that was. */
  readonly measuredAt?: Maybe<Scalars['DateTime']['output']>;
  /** What is left of the error budget, 1 for all of it. */
  readonly errorBudgetRemaining?: Maybe<Scalars['Float']['output']>;
  /** How fast the error budget is used up, 1 for exactly as fast as allowed. */
  readonly burnRate?: Maybe<Scalars['Float']['output']>;
  /** What there is to say about it. */
  readonly message?: Maybe<Scalars['String']['output']>;
};

/** One measured value. */
export type Measurement = {
  readonly __typename?: 'Measurement';
  /** When. */
  readonly at: Scalars['DateTime']['output'];
  /** The value. */
  readonly value: Scalars['Float']['output'];
};

/** A rule of quality that a product's owners check. */
export type QualityCheck = {
  readonly __typename?: 'QualityCheck';
  /** Id: the product's id, a slash and the rule's name. */
  readonly id: Scalars['ID']['output'];
  /** Name of the rule. */
  readonly name: Scalars['String']['output'];
  /** Kind of rule, such as `notNull`. */
  readonly rule: Scalars['String']['output'];
  /** What is checked: a type or a field. */
  readonly coordinate: Scalars['String']['output'];
  /** What it says, in one line. */
  readonly summary: Scalars['String']['output'];
  /** Whether a failure is a warning or an error. */
  readonly severity: Scalars['String']['output'];
  /** The last result; null where it never ran. */
  readonly result?: Maybe<QualityResult>;
  /** Results, newest first; null where nothing runs it. */
  readonly results?: Maybe<ReadonlyArray<QualityResult>>;
};


/** A rule of quality that a product's owners check. */
export type QualityCheckResultsArgs = {
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** An assertion that a pipeline of the product's domain, or of the stewards, tests and reports. */
export type PipelineTest = {
  readonly __typename?: 'PipelineTest';
  /** The dataset: its namespace, a slash and its name. */
  readonly dataset: Scalars['String']['output'];
  /** The column; null where all of it is tested. */
  readonly column?: Maybe<Scalars['String']['output']>;
  /** What is asserted, such as `not_null`. */
  readonly assertion: Scalars['String']['output'];
  /** The domain whose pipeline it is. */
  readonly reportedBy: Scalars['String']['output'];
  /** Results, newest first. */
  readonly results: ReadonlyArray<QualityResult>;
};

/** What one check gave. */
export type QualityResult = {
  readonly __typename?: 'QualityResult';
  /** When. */
  readonly at: Scalars['DateTime']['output'];
  /** How it ended. */
  readonly outcome: QualityOutcome;
  /** What was counted or measured. */
  readonly value?: Maybe<Scalars['Float']['output']>;
  /** How many rows were looked at. */
  readonly checked?: Maybe<Scalars['Float']['output']>;
  /** What there is to say about it. */
  readonly message?: Maybe<Scalars['String']['output']>;
};

/** Places and the way that data takes between them. */
export type LineageGraph = {
  readonly __typename?: 'LineageGraph';
  /** The places, each once. */
  readonly nodes: ReadonlyArray<LineageNode>;
  /** From where to where. */
  readonly edges: ReadonlyArray<LineageEdge>;
  /** Applications and their operations that read fields of the graph. */
  readonly consumers?: Maybe<ReadonlyArray<LineageConsumer>>;
  /** True where more lies beyond the number of steps or places asked for. */
  readonly isTruncated: Scalars['Boolean']['output'];
};

/** A place that data passes. */
export type LineageNode = {
  readonly __typename?: 'LineageNode';
  /** A coordinate, or the id of a dataset or job. */
  readonly id: Scalars['ID']['output'];
  /** What it is. */
  readonly kind: LineageNodeKind;
  /** Name for people. */
  readonly name: Scalars['String']['output'];
  /** The product that it belongs to, where it does. */
  readonly product?: Maybe<DataProduct>;
  /** The field, where it is one. */
  readonly field?: Maybe<CatalogField>;
  /** Classification of its data, where it is known. */
  readonly classification?: Maybe<CatalogClassification>;
};

/** Data of one place that is in another. */
export type LineageEdge = {
  readonly __typename?: 'LineageEdge';
  /** Id of the place that it comes from. */
  readonly from: Scalars['ID']['output'];
  /** Id of the place that it goes to. */
  readonly to: Scalars['ID']['output'];
  /** How. */
  readonly kind: LineageEdgeKind;
  /** By what: a transformation, `@key`, `@requires`, the name of a job. */
  readonly by?: Maybe<Scalars['String']['output']>;
  /** True where the value is masked on its way. */
  readonly isMasking: Scalars['Boolean']['output'];
  /** The domain whose pipeline reported it; null where the graph itself states it. */
  readonly reportedBy?: Maybe<Scalars['String']['output']>;
};

/** An application that reads a field. */
export type LineageConsumer = {
  readonly __typename?: 'LineageConsumer';
  /** Coordinate of the field. */
  readonly field: Scalars['ID']['output'];
  /** The application. */
  readonly application: Scalars['String']['output'];
  /** Its operations that read the field. */
  readonly operations: ReadonlyArray<ConsumerOperation>;
};

/** An application that uses data. */
export type CatalogConsumer = {
  readonly __typename?: 'CatalogConsumer';
  /** Name of the application; empty where it does not say. */
  readonly application: Scalars['String']['output'];
  /** Its versions. */
  readonly versions: ReadonlyArray<Scalars['String']['output']>;
  /** How many requests it sent. */
  readonly requests: Scalars['Float']['output'];
  /** When it sent the last one. */
  readonly lastSeen: Scalars['DateTime']['output'];
  /** What it asks. */
  readonly operations: ReadonlyArray<ConsumerOperation>;
};

/** An operation that an application sends. */
export type ConsumerOperation = {
  readonly __typename?: 'ConsumerOperation';
  /** Name of the operation; empty where it has none. */
  readonly name: Scalars['String']['output'];
  /** Hash that names the operation in the registry's records. */
  readonly hash: Scalars['ID']['output'];
  /** How many requests. */
  readonly requests: Scalars['Float']['output'];
  /** How many of them were answered with errors. */
  readonly errors: Scalars['Float']['output'];
  /** When the last one came. */
  readonly lastSeen: Scalars['DateTime']['output'];
  /** Fields of the product that it uses. */
  readonly fields: ReadonlyArray<Scalars['ID']['output']>;
};

/** A version of a product. */
export type ProductVersion = {
  readonly __typename?: 'ProductVersion';
  /** Version as the owners count. */
  readonly version: Scalars['String']['output'];
  /** Version of the subgraph in the registry. */
  readonly revision: Scalars['Int']['output'];
  /** The generation of the graph that it came with. */
  readonly generation: Scalars['Int']['output'];
  /** When it was published. */
  readonly publishedAt: Scalars['DateTime']['output'];
  /** Who published it. */
  readonly author?: Maybe<Scalars['String']['output']>;
  /** Why. */
  readonly reason?: Maybe<Scalars['String']['output']>;
};

/** A change of one place of a product. */
export type CatalogChange = {
  readonly __typename?: 'CatalogChange';
  /** What happened. */
  readonly kind: CatalogChangeKind;
  /** To what. */
  readonly coordinate: Scalars['String']['output'];
  /** In one line. */
  readonly summary: Scalars['String']['output'];
  /** The generation of the graph that it came with. */
  readonly generation: Scalars['Int']['output'];
  /** When that was published. */
  readonly at: Scalars['DateTime']['output'];
};

/** How the mesh as a whole does. */
export type MeshMetrics = {
  readonly __typename?: 'MeshMetrics';
  /** How many data products are served. */
  readonly products: Scalars['Int']['output'];
  /** How many domains have one. */
  readonly domains: Scalars['Int']['output'];
  /** Data products of each domain. */
  readonly productsPerDomain: ReadonlyArray<FacetCount>;
  /** Applications of each product, in the last 90 days. */
  readonly consumersPerProduct: ReadonlyArray<FacetCount>;
  /** How the fields are described and governed. */
  readonly fields: FieldCoverage;
  /** Checks and publishes that the registry answered. */
  readonly checks: CheckCounts;
  /** How long products took from their scaffold, or else their first publish, to the first operation that was served from them. */
  readonly timeToServed: ReadonlyArray<TimeToServed>;
  /** Median of that, in seconds; null while nothing was served. */
  readonly medianSecondsToServed?: Maybe<Scalars['Float']['output']>;
  /** How well data was checked and reached, day by day, the oldest first; days of which nothing is known are left out. */
  readonly trend?: Maybe<ReadonlyArray<MeshDay>>;
};


/** How the mesh as a whole does. */
export type MeshMetricsTrendArgs = {
  days?: InputMaybe<Scalars['Int']['input']>;
};

/** One day of the mesh; shares are 0 to 1. */
export type MeshDay = {
  readonly __typename?: 'MeshDay';
  /** When it began, UTC. */
  readonly at: Scalars['DateTime']['output'];
  /** Share of the checks of quality that passed; null where none ran. */
  readonly quality?: Maybe<Scalars['Float']['output']>;
  /** Share of the requests that got the data they read; null where nothing was read. */
  readonly availability?: Maybe<Scalars['Float']['output']>;
};

/** Shares of fields, 0 to 1. */
export type FieldCoverage = {
  readonly __typename?: 'FieldCoverage';
  /** How many fields data products have. */
  readonly total: Scalars['Int']['output'];
  /** Share with a description. */
  readonly described: Scalars['Float']['output'];
  /** Share that somebody answers for: an owner of the field itself, or else of its type or its product. */
  readonly owned: Scalars['Float']['output'];
  /** Share with a classification of their own, or of their type. */
  readonly classified: Scalars['Float']['output'];
};

/** What became of checks and publishes. */
export type CheckCounts = {
  readonly __typename?: 'CheckCounts';
  /** Checks that passed. */
  readonly checksPassed: Scalars['Int']['output'];
  /** Checks that were refused. */
  readonly checksRefused: Scalars['Int']['output'];
  /** Publishes that came to be served. */
  readonly published: Scalars['Int']['output'];
  /** Publishes that were refused. */
  readonly publishesRefused: Scalars['Int']['output'];
};

/** How long a product took until it was used. */
export type TimeToServed = {
  readonly __typename?: 'TimeToServed';
  /** Id of the product. */
  readonly product: Scalars['ID']['output'];
  /** From when on that counts: when it was scaffolded, where its descriptor says so, else its first publish. */
  readonly startedAt: Scalars['DateTime']['output'];
  /** When it was first published. */
  readonly publishedAt: Scalars['DateTime']['output'];
  /** When the first operation was served from it; null while none was. */
  readonly servedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Seconds from the start to then; 0 where an operation had used its fields before. */
  readonly seconds?: Maybe<Scalars['Float']['output']>;
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
  DataProduct: DataProduct;
  CatalogField: CatalogField;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  DataProduct:
    ( { __typename: 'DataProduct' }
    & GraphQLRecursivePick<FederationTypes['DataProduct'], {"id":true}> );
  CatalogField:
    ( { __typename: 'CatalogField' }
    & GraphQLRecursivePick<FederationTypes['CatalogField'], {"coordinate":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  CatalogStatus: CatalogStatus;
  CatalogClassification: CatalogClassification;
  DataProductSort: DataProductSort;
  LineageDirection: LineageDirection;
  LineageNodeKind: LineageNodeKind;
  LineageEdgeKind: LineageEdgeKind;
  QualityOutcome: QualityOutcome;
  ServiceLevelKind: ServiceLevelKind;
  ServiceLevelState: ServiceLevelState;
  CatalogChangeKind: CatalogChangeKind;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  DataProduct: ResolverTypeWrapper<DataProductRow>;
  DataProductConnection: ResolverTypeWrapper<DataProductConnectionRow>;
  DataProductEdge: ResolverTypeWrapper<Edge<DataProductRow>>;
  DataProductFacets: ResolverTypeWrapper<DataProductFacets>;
  FacetCount: ResolverTypeWrapper<FacetCount>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CatalogOwner: ResolverTypeWrapper<CatalogOwner>;
  SupportChannel: ResolverTypeWrapper<SupportChannel>;
  OutputPort: ResolverTypeWrapper<OutputPortRow>;
  InputPort: ResolverTypeWrapper<InputPortRow>;
  CatalogField: ResolverTypeWrapper<CatalogFieldRow>;
  CatalogFieldConnection: ResolverTypeWrapper<Connection<CatalogFieldRow>>;
  CatalogFieldEdge: ResolverTypeWrapper<Edge<CatalogFieldRow>>;
  CatalogRule: ResolverTypeWrapper<CatalogRule>;
  ProductRole: ResolverTypeWrapper<ProductRole>;
  ServiceLevel: ResolverTypeWrapper<ServiceLevelRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ServiceLevelStatus: ResolverTypeWrapper<ServiceLevelStatus>;
  Measurement: ResolverTypeWrapper<Measurement>;
  QualityCheck: ResolverTypeWrapper<QualityCheckRow>;
  PipelineTest: ResolverTypeWrapper<PipelineTest>;
  QualityResult: ResolverTypeWrapper<QualityResult>;
  LineageGraph: ResolverTypeWrapper<LineageGraphRow>;
  LineageNode: ResolverTypeWrapper<LineageNodeRow>;
  LineageEdge: ResolverTypeWrapper<LineageEdge>;
  LineageConsumer: ResolverTypeWrapper<LineageConsumer>;
  CatalogConsumer: ResolverTypeWrapper<CatalogConsumer>;
  ConsumerOperation: ResolverTypeWrapper<ConsumerOperation>;
  ProductVersion: ResolverTypeWrapper<ProductVersion>;
  CatalogChange: ResolverTypeWrapper<CatalogChange>;
  MeshMetrics: ResolverTypeWrapper<MeshMetrics>;
  MeshDay: ResolverTypeWrapper<MeshDay>;
  FieldCoverage: ResolverTypeWrapper<FieldCoverage>;
  CheckCounts: ResolverTypeWrapper<CheckCounts>;
  TimeToServed: ResolverTypeWrapper<TimeToServed>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  Query: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  ID: Scalars['ID']['output'];
  DataProduct: DataProductRow;
  DataProductConnection: DataProductConnectionRow;
  DataProductEdge: Edge<DataProductRow>;
  DataProductFacets: DataProductFacets;
  FacetCount: FacetCount;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  CatalogOwner: CatalogOwner;
  SupportChannel: SupportChannel;
  OutputPort: OutputPortRow;
  InputPort: InputPortRow;
  CatalogField: CatalogFieldRow;
  CatalogFieldConnection: Connection<CatalogFieldRow>;
  CatalogFieldEdge: Edge<CatalogFieldRow>;
  CatalogRule: CatalogRule;
  ProductRole: ProductRole;
  ServiceLevel: ServiceLevelRow;
  Float: Scalars['Float']['output'];
  ServiceLevelStatus: ServiceLevelStatus;
  Measurement: Measurement;
  QualityCheck: QualityCheckRow;
  PipelineTest: PipelineTest;
  QualityResult: QualityResult;
  LineageGraph: LineageGraphRow;
  LineageNode: LineageNodeRow;
  LineageEdge: LineageEdge;
  LineageConsumer: LineageConsumer;
  CatalogConsumer: CatalogConsumer;
  ConsumerOperation: ConsumerOperation;
  ProductVersion: ProductVersion;
  CatalogChange: CatalogChange;
  MeshMetrics: MeshMetrics;
  MeshDay: MeshDay;
  FieldCoverage: FieldCoverage;
  CheckCounts: CheckCounts;
  TimeToServed: TimeToServed;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  dataProducts?: Resolver<Maybe<ResolversTypes['DataProductConnection']>, ParentType, ContextType, RequireFields<QueryDataProductsArgs, 'first' | 'sort'>>;
  dataProduct?: Resolver<Maybe<ResolversTypes['DataProduct']>, ParentType, ContextType, RequireFields<QueryDataProductArgs, 'id'>>;
  catalogFields?: Resolver<Maybe<ResolversTypes['CatalogFieldConnection']>, ParentType, ContextType, RequireFields<QueryCatalogFieldsArgs, 'first'>>;
  catalogField?: Resolver<Maybe<ResolversTypes['CatalogField']>, ParentType, ContextType, RequireFields<QueryCatalogFieldArgs, 'coordinate'>>;
  lineage?: Resolver<Maybe<ResolversTypes['LineageGraph']>, ParentType, ContextType, RequireFields<QueryLineageArgs, 'of' | 'direction' | 'depth'>>;
  mesh?: Resolver<Maybe<ResolversTypes['MeshMetrics']>, ParentType, ContextType>;
};

export type DataProductResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DataProduct'] = ResolversParentTypes['DataProduct'], FederationReferenceType extends FederationReferenceTypes['DataProduct'] = FederationReferenceTypes['DataProduct']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['DataProduct']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  domain?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['CatalogStatus'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  purpose?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  usage?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  limitations?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  license?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  billing?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['CatalogOwner']>, ParentType, ContextType>;
  support?: Resolver<Maybe<ReadonlyArray<ResolversTypes['SupportChannel']>>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  classification?: Resolver<Maybe<ResolversTypes['CatalogClassification']>, ParentType, ContextType>;
  subgraph?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  outputPorts?: Resolver<ReadonlyArray<ResolversTypes['OutputPort']>, ParentType, ContextType>;
  inputPorts?: Resolver<ReadonlyArray<ResolversTypes['InputPort']>, ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['CatalogField']>, ParentType, ContextType>;
  rules?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  roles?: Resolver<ReadonlyArray<ResolversTypes['ProductRole']>, ParentType, ContextType>;
  serviceLevels?: Resolver<ReadonlyArray<ResolversTypes['ServiceLevel']>, ParentType, ContextType>;
  qualityChecks?: Resolver<ReadonlyArray<ResolversTypes['QualityCheck']>, ParentType, ContextType>;
  pipelineTests?: Resolver<Maybe<ReadonlyArray<ResolversTypes['PipelineTest']>>, ParentType, ContextType, RequireFields<DataProductPipelineTestsArgs, 'last'>>;
  consumers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['CatalogConsumer']>>, ParentType, ContextType>;
  consumerCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  versions?: Resolver<ReadonlyArray<ResolversTypes['ProductVersion']>, ParentType, ContextType>;
  changes?: Resolver<ReadonlyArray<ResolversTypes['CatalogChange']>, ParentType, ContextType, RequireFields<DataProductChangesArgs, 'last'>>;
  contractPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  productPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DataProductConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DataProductConnection'] = ResolversParentTypes['DataProductConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DataProductEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['DataProduct']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  facets?: Resolver<ResolversTypes['DataProductFacets'], ParentType, ContextType>;
};

export type DataProductEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DataProductEdge'] = ResolversParentTypes['DataProductEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['DataProduct']>, ParentType, ContextType>;
};

export type DataProductFacetsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DataProductFacets'] = ResolversParentTypes['DataProductFacets']> = {
  domains?: Resolver<ReadonlyArray<ResolversTypes['FacetCount']>, ParentType, ContextType>;
  owners?: Resolver<ReadonlyArray<ResolversTypes['FacetCount']>, ParentType, ContextType>;
  classifications?: Resolver<ReadonlyArray<ResolversTypes['FacetCount']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['FacetCount']>, ParentType, ContextType>;
};

export type FacetCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FacetCount'] = ResolversParentTypes['FacetCount']> = {
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CatalogOwnerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogOwner'] = ResolversParentTypes['CatalogOwner']> = {
  team?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  contact?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SupportChannelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SupportChannel'] = ResolversParentTypes['SupportChannel']> = {
  channel?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tool?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OutputPortResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OutputPort'] = ResolversParentTypes['OutputPort']> = {
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['CatalogField']>, ParentType, ContextType>;
  rules?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
};

export type InputPortResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InputPort'] = ResolversParentTypes['InputPort']> = {
  product?: Resolver<Maybe<ResolversTypes['DataProduct']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CatalogFieldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogField'] = ResolversParentTypes['CatalogField'], FederationReferenceType extends FederationReferenceTypes['CatalogField'] = FederationReferenceTypes['CatalogField']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['CatalogField']> | FederationReferenceType, FederationReferenceType, ContextType>;
  coordinate?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parentType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  product?: Resolver<ResolversTypes['DataProduct'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  deprecationReason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  classification?: Resolver<Maybe<ResolversTypes['CatalogClassification']>, ParentType, ContextType>;
  categories?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  format?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isKey?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['CatalogOwner']>, ParentType, ContextType>;
  masks?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  requirements?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  purposes?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  rowFilters?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  retention?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  rules?: Resolver<ReadonlyArray<ResolversTypes['CatalogRule']>, ParentType, ContextType>;
  upstream?: Resolver<Maybe<ResolversTypes['LineageGraph']>, ParentType, ContextType, RequireFields<CatalogFieldUpstreamArgs, 'depth'>>;
  downstream?: Resolver<Maybe<ResolversTypes['LineageGraph']>, ParentType, ContextType, RequireFields<CatalogFieldDownstreamArgs, 'depth'>>;
  qualityChecks?: Resolver<ReadonlyArray<ResolversTypes['QualityCheck']>, ParentType, ContextType>;
  consumers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['CatalogConsumer']>>, ParentType, ContextType>;
};

export type CatalogFieldConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogFieldConnection'] = ResolversParentTypes['CatalogFieldConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CatalogFieldEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['CatalogField']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CatalogFieldEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogFieldEdge'] = ResolversParentTypes['CatalogFieldEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['CatalogField']>, ParentType, ContextType>;
};

export type CatalogRuleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogRule'] = ResolversParentTypes['CatalogRule']> = {
  directive?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  arguments?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subgraphs?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProductRoleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductRole'] = ResolversParentTypes['ProductRole']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  access?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  scopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ServiceLevelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ServiceLevel'] = ResolversParentTypes['ServiceLevel']> = {
  kind?: Resolver<ResolversTypes['ServiceLevelKind'], ParentType, ContextType>;
  objective?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['ServiceLevelStatus']>, ParentType, ContextType>;
  series?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Measurement']>>, ParentType, ContextType, RequireFields<ServiceLevelSeriesArgs, 'hours'>>;
};

export type ServiceLevelStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ServiceLevelStatus'] = ResolversParentTypes['ServiceLevelStatus']> = {
  state?: Resolver<ResolversTypes['ServiceLevelState'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  measuredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  errorBudgetRemaining?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  burnRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type MeasurementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Measurement'] = ResolversParentTypes['Measurement']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type QualityCheckResolvers<ContextType = Context, ParentType extends ResolversParentTypes['QualityCheck'] = ResolversParentTypes['QualityCheck']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['QualityResult']>, ParentType, ContextType>;
  results?: Resolver<Maybe<ReadonlyArray<ResolversTypes['QualityResult']>>, ParentType, ContextType, RequireFields<QualityCheckResultsArgs, 'last'>>;
};

export type PipelineTestResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PipelineTest'] = ResolversParentTypes['PipelineTest']> = {
  dataset?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  column?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  assertion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reportedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  results?: Resolver<ReadonlyArray<ResolversTypes['QualityResult']>, ParentType, ContextType>;
};

export type QualityResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['QualityResult'] = ResolversParentTypes['QualityResult']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['QualityOutcome'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  checked?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type LineageGraphResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LineageGraph'] = ResolversParentTypes['LineageGraph']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['LineageNode']>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['LineageEdge']>, ParentType, ContextType>;
  consumers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['LineageConsumer']>>, ParentType, ContextType>;
  isTruncated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type LineageNodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LineageNode'] = ResolversParentTypes['LineageNode']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['LineageNodeKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['DataProduct']>, ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['CatalogField']>, ParentType, ContextType>;
  classification?: Resolver<Maybe<ResolversTypes['CatalogClassification']>, ParentType, ContextType>;
};

export type LineageEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LineageEdge'] = ResolversParentTypes['LineageEdge']> = {
  from?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['LineageEdgeKind'], ParentType, ContextType>;
  by?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isMasking?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reportedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type LineageConsumerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LineageConsumer'] = ResolversParentTypes['LineageConsumer']> = {
  field?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  application?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  operations?: Resolver<ReadonlyArray<ResolversTypes['ConsumerOperation']>, ParentType, ContextType>;
};

export type CatalogConsumerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogConsumer'] = ResolversParentTypes['CatalogConsumer']> = {
  application?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  versions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  requests?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  lastSeen?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  operations?: Resolver<ReadonlyArray<ResolversTypes['ConsumerOperation']>, ParentType, ContextType>;
};

export type ConsumerOperationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsumerOperation'] = ResolversParentTypes['ConsumerOperation']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  hash?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  requests?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  errors?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  lastSeen?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type ProductVersionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductVersion'] = ResolversParentTypes['ProductVersion']> = {
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  publishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  author?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CatalogChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogChange'] = ResolversParentTypes['CatalogChange']> = {
  kind?: Resolver<ResolversTypes['CatalogChangeKind'], ParentType, ContextType>;
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type MeshMetricsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MeshMetrics'] = ResolversParentTypes['MeshMetrics']> = {
  products?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  domains?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  productsPerDomain?: Resolver<ReadonlyArray<ResolversTypes['FacetCount']>, ParentType, ContextType>;
  consumersPerProduct?: Resolver<ReadonlyArray<ResolversTypes['FacetCount']>, ParentType, ContextType>;
  fields?: Resolver<ResolversTypes['FieldCoverage'], ParentType, ContextType>;
  checks?: Resolver<ResolversTypes['CheckCounts'], ParentType, ContextType>;
  timeToServed?: Resolver<ReadonlyArray<ResolversTypes['TimeToServed']>, ParentType, ContextType>;
  medianSecondsToServed?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  trend?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MeshDay']>>, ParentType, ContextType, RequireFields<MeshMetricsTrendArgs, 'days'>>;
};

export type MeshDayResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MeshDay'] = ResolversParentTypes['MeshDay']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  quality?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  availability?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type FieldCoverageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldCoverage'] = ResolversParentTypes['FieldCoverage']> = {
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  described?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  owned?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  classified?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type CheckCountsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CheckCounts'] = ResolversParentTypes['CheckCounts']> = {
  checksPassed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  checksRefused?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  published?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  publishesRefused?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TimeToServedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TimeToServed'] = ResolversParentTypes['TimeToServed']> = {
  product?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  publishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  servedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  seconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  DateTime?: GraphQLScalarType;
  Query?: QueryResolvers<ContextType>;
  DataProduct?: DataProductResolvers<ContextType>;
  DataProductConnection?: DataProductConnectionResolvers<ContextType>;
  DataProductEdge?: DataProductEdgeResolvers<ContextType>;
  DataProductFacets?: DataProductFacetsResolvers<ContextType>;
  FacetCount?: FacetCountResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  CatalogOwner?: CatalogOwnerResolvers<ContextType>;
  SupportChannel?: SupportChannelResolvers<ContextType>;
  OutputPort?: OutputPortResolvers<ContextType>;
  InputPort?: InputPortResolvers<ContextType>;
  CatalogField?: CatalogFieldResolvers<ContextType>;
  CatalogFieldConnection?: CatalogFieldConnectionResolvers<ContextType>;
  CatalogFieldEdge?: CatalogFieldEdgeResolvers<ContextType>;
  CatalogRule?: CatalogRuleResolvers<ContextType>;
  ProductRole?: ProductRoleResolvers<ContextType>;
  ServiceLevel?: ServiceLevelResolvers<ContextType>;
  ServiceLevelStatus?: ServiceLevelStatusResolvers<ContextType>;
  Measurement?: MeasurementResolvers<ContextType>;
  QualityCheck?: QualityCheckResolvers<ContextType>;
  PipelineTest?: PipelineTestResolvers<ContextType>;
  QualityResult?: QualityResultResolvers<ContextType>;
  LineageGraph?: LineageGraphResolvers<ContextType>;
  LineageNode?: LineageNodeResolvers<ContextType>;
  LineageEdge?: LineageEdgeResolvers<ContextType>;
  LineageConsumer?: LineageConsumerResolvers<ContextType>;
  CatalogConsumer?: CatalogConsumerResolvers<ContextType>;
  ConsumerOperation?: ConsumerOperationResolvers<ContextType>;
  ProductVersion?: ProductVersionResolvers<ContextType>;
  CatalogChange?: CatalogChangeResolvers<ContextType>;
  MeshMetrics?: MeshMetricsResolvers<ContextType>;
  MeshDay?: MeshDayResolvers<ContextType>;
  FieldCoverage?: FieldCoverageResolvers<ContextType>;
  CheckCounts?: CheckCountsResolvers<ContextType>;
  TimeToServed?: TimeToServedResolvers<ContextType>;
};

